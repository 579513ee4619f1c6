// The page begins.

import { render } from "preact";
import { App } from "./app.js";
import "./colours.css";
import "./style.css";
import "./parts.css";

render(<App />, document.getElementById("studio")!);
