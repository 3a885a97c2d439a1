import "./api/without-eval.ts";
import { mount } from "svelte";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import App from "./App.svelte";
import { preferences } from "./state/preferences.svelte.ts";
import { router } from "./router.svelte.ts";

preferences.apply();
router.start();
mount(App, { target: document.getElementById("app")! });
