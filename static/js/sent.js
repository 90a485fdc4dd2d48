// On the page that thanks for an idea: nobody else who uses this tablet finds its drawing.
import { dropSent } from "./draw/kept.js";

dropSent();
