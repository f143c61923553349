// What an installation of the CLI offers, as control requests list it. The lists are shorter than the real ones.
"use strict";
const { AGENT_NAMES, COMMAND_NAMES, PLUGINS, SKILL_NAMES } = require("../events/init.cjs");
const { modelName } = require("../events/models.cjs");

const OUTPUT_STYLES = ["default", "Proactive", "Concise", "Explanatory", "Learning"];
const EFFORTS = ["low", "medium", "high", "xhigh", "max"];

const command = (name) => ({ name, description: `What /${name} does.`, argumentHint: "", builtin: true });
const SKILLS = SKILL_NAMES.map(command);
const COMMANDS = [...SKILL_NAMES, ...COMMAND_NAMES].map(command);
const AGENTS = AGENT_NAMES.map((name) => ({ name, description: `The agent ${name}.` }));

/** The rows of the model menu: `default` and the aliases. */
const models = () =>
  ["default", "opus", "fable", "sonnet", "haiku"].map((value) => ({
    value,
    resolvedModel: modelName(value),
    displayName: value === "default" ? "Default (recommended)" : value[0].toUpperCase() + value.slice(1),
    description: `The model ${modelName(value)}`,
    supportsEffort: true,
    supportedEffortLevels: EFFORTS,
    supportsAdaptiveThinking: true,
    ...(["sonnet", "haiku"].includes(value) ? {} : { supportsFastMode: true }),
    supportsAutoMode: true,
    supportsThinkingOff: false,
  }));

module.exports = { AGENTS, COMMANDS, EFFORTS, OUTPUT_STYLES, PLUGINS, SKILLS, models };
