import "./relative.js";
import "./countdown.js";
import "./copy.js";
import "./toast.js";
import "./keyboard.js";
import "./confirm.js";
import "./once.js";
import "./partial.js";
