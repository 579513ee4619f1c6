// The frame of all views.

import { useEffect } from "preact/hooks";
import { type Route, useRoute } from "./route.js";
import { ThemeContext, useTheme } from "./theme.js";
import { CompareView } from "./views/compare.js";
import { RunView } from "./views/run.js";
import { RunsView } from "./views/runs.js";
import { StartView } from "./views/start.js";
import { StudiesView } from "./views/studies.js";
import { StudyView } from "./views/study.js";

function View({ route }: { readonly route: Route }) {
  if (route.view === "run") return <RunView id={route.id} />;
  if (route.view === "compare") return <CompareView ids={route.ids} />;
  if (route.view === "study") return <StudyView id={route.id} />;
  if (route.view === "studies") return <StudiesView />;
  return route.view === "start" ? <StartView /> : <RunsView />;
}

/** The page. */
export function App() {
  const route = useRoute();
  const [theme, toggle] = useTheme();
  const key = JSON.stringify(route);
  // A new view is read out from its heading on
  useEffect(() => document.querySelector("h1")?.focus(), [key]);
  return (
    <ThemeContext.Provider value={theme}>
      <header>
        <a class="name" href="#/">
          Convoy studio
        </a>
        <button type="button" onClick={toggle}>
          {theme === "dark" ? "☀ light" : "☾ dark"}
        </button>
      </header>
      <main>
        <View key={key} route={route} />
      </main>
    </ThemeContext.Provider>
  );
}
