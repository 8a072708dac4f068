// Only through a module of its own does a build keep the sentences as one object; imported directly, each key becomes a
// variable and an export as well, which nearly doubles them.
export { default } from "../../words/en.json";
