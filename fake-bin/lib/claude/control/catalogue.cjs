// What an installation of the CLI offers, as control requests list it. The lists are shorter than the real ones.
"use strict";
const {
  AGENT_NAMES,
  COMMAND_NAMES,
  outputStyle,
  PLUGINS,
  SKILL_NAMES,
  VERSION,
} = require("../events/init.cjs");
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

/** What `initialize` is told of the installation and the session. */
function installation(ctx) {
  const { ANTHROPIC_API_KEY, HOME = "/" } = process.env;
  return {
    commands: COMMANDS,
    agents: AGENTS,
    output_style: outputStyle(ctx),
    available_output_styles: OUTPUT_STYLES,
    user_output_styles_dir: `${HOME}/.claude/output-styles`,
    models: models(),
    account: {
      tokenSource: "none",
      apiKeySource: ANTHROPIC_API_KEY ? "ANTHROPIC_API_KEY" : "none",
      apiProvider: "firstParty",
    },
    pid: process.pid,
    claude_code_version: VERSION,
    current_permission_mode: ctx.flags["permission-mode"] ?? "default",
    hook_on_failure_supported: true,
    hooks_when_unanswered_kept: 0,
    other_hook_ask_outranks_host: true,
    feedback_mode: { kind: "disabled" },
    analytics_disabled: true,
    remote_control_auto_enable: false,
    remote_control_auto_connect_default: false,
    remote_control_available: false,
    remote_control_auto_on_by_default: false,
    ide_rc_auto_enable_gate: false,
    fast_mode_state: "off",
    fast_mode_disabled_reason: "sdk_opt_in_required",
    session_state: ctx.busy ? "running" : "idle",
    capabilities: ["ui_surface_v1", "reload_plugins_refuse_if_busy_v1"],
  };
}

module.exports = { AGENTS, COMMANDS, EFFORTS, installation, OUTPUT_STYLES, PLUGINS, SKILLS, models };
