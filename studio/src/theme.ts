// Light or dark: as the system has it, or as somebody chose.

import { createContext } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const KEY = "convoy-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const systemTheme = (): Theme => (dark.matches ? "dark" : "light");

function chosenTheme(): Theme | undefined {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : undefined;
}

/** The theme that is shown, for what is drawn and cannot ask the style sheet. */
export const ThemeContext = createContext<Theme>("light");

/** The theme, and a function that changes it to the other one. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => chosenTheme() ?? systemTheme());
  // Before charts are drawn anew, whose colours are asked of the style sheet.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const follow = () => setTheme(chosenTheme() ?? systemTheme());
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, []);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, next);
    setTheme(next);
  };
  return [theme, toggle];
}
