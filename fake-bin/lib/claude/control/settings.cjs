// What the SDK changes in a running session: the model, the permission mode, and settings.
"use strict";
const { systemEvent, userEvent } = require("../events/messages.cjs");
const { modelName } = require("../events/models.cjs");
const { EFFORTS } = require("./catalogue.cjs");

const PERMISSION_MODES = ["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"];

function setModel(ctx, { model: asked }) {
  const refused = (error, error_code) => ({ error, error_code, more: { model: ctx.model } });
  if (typeof asked !== "string" && asked !== undefined && asked !== null) {
    return refused("set_model: model must be a string", "invalid_request");
  }
  if (asked === "") {
    const error =
      'Model "(unrecognized model name)" is not a recognized model id. Run /model to see available models.';
    return refused(error, "catalog_unknown");
  }
  const before = changeModel(ctx, asked);
  return { response: { model: ctx.model }, before };
}

/** @returns the message that tells of the change, in a conversation that has begun. */
function changeModel(ctx, asked, named = asked ?? "default") {
  const before = ctx.model;
  ctx.model = modelName(asked ?? undefined);
  if (ctx.model === before || !ctx.begun) return [];
  const name =
    named === ctx.model || named === "default" ? ctx.model : `${named.toLowerCase()} (${ctx.model})`;
  const text = `<local-command-stdout>Set model to \`${name}\`</local-command-stdout>`;
  return [userEvent(ctx, text, { isReplay: true })];
}

function setPermissionMode(ctx, { mode }) {
  if (!PERMISSION_MODES.includes(mode)) {
    const error = `Cannot set permission mode: must be one of ${PERMISSION_MODES.join(", ")}`;
    return { error, error_code: "invalid_mode" };
  }
  const { flags } = ctx;
  const before = flags["permission-mode"] ?? "default";
  if (mode === "bypassPermissions" && !mayBypass(flags)) {
    const error =
      "Cannot set permission mode to bypassPermissions because the session was not launched with " +
      "--dangerously-skip-permissions";
    return { error, error_code: "bypass_not_launched" };
  }
  flags["permission-mode"] = mode;
  const event = systemEvent(ctx, "status", { status: null, permissionMode: mode });
  return { response: { mode }, after: mode === before ? [] : [event] };
}

const mayBypass = (flags) =>
  flags["dangerously-skip-permissions"] === true ||
  flags["allow-dangerously-skip-permissions"] === true ||
  flags["permission-mode"] === "bypassPermissions";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isOf = (type) => (value) => typeof value === type;

/** Some settings and what they must be, in the order in which the real CLI names them. */
const SETTINGS = {
  apiKeyHelper: isOf("string"),
  cleanupPeriodDays: isOf("number"),
  env: isObject,
  includeCoAuthoredBy: isOf("boolean"),
  permissions: isPermissions,
  model: isOf("string"),
  statusLine: isObject,
  enabledPlugins: isObject,
  outputStyle: isOf("string"),
  language: isOf("string"),
  alwaysThinkingEnabled: isOf("boolean"),
  fastMode: isOf("boolean"),
  agent: isOf("string"),
};

function isPermissions(value) {
  if (!isObject(value)) return false;
  const { defaultMode = "default" } = value;
  const lists = [value.allow, value.deny, value.ask].filter((list) => list !== undefined);
  return lists.every(Array.isArray) && PERMISSION_MODES.includes(defaultMode);
}

const notAnObject = (subtype, settings) => {
  const got = settings === null ? "null" : Array.isArray(settings) ? "an array" : typeof settings;
  return { error: `${subtype} requires \`settings\` to be an object, got ${got}` };
};

/** The settings of the session, of which the fake follows `model` and `outputStyle`. null takes one away. */
function applyFlagSettings(ctx, { settings }) {
  if (!isObject(settings)) return notAnObject("apply_flag_settings", settings);
  const given = Object.keys(SETTINGS).filter((name) => (settings[name] ?? null) !== null);
  const invalid = given.filter((name) => !SETTINGS[name](settings[name]));
  if (invalid.length > 0) {
    const error =
      "apply_flag_settings: nothing in this request was applied and earlier settings stay in force. Fix or remove " +
      `these invalid settings and send it again: ${invalid.join(", ")}`;
    return { error };
  }
  ctx.flagSettings = { ...ctx.flagSettings, ...settings };
  return {
    before: settings.model === undefined ? [] : changeModel(ctx, settings.model ?? undefined, "default"),
  };
}

const WRITABLE = { localSettings: "outputStyle", userSettings: "effortLevel" };

/** Unlike the real CLI, the fake writes no settings file. An output style holds for the rest of the session. */
function updateSettings(ctx, { settings, source }) {
  if (!isObject(settings)) return notAnObject("update_settings", settings);
  if (!Object.hasOwn(WRITABLE, source)) return { error: `update_settings: unsupported source ${source}` };
  const keys = Object.keys(settings);
  if (keys.length === 0) return { error: "update_settings requires at least one key" };
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is not in Node 18
  const others = keys.filter((key) => key !== WRITABLE[source]).sort();
  if (others.length > 0) return { error: `update_settings keys not allowed: ${others.join(", ")}` };
  const [value] = Object.values(settings);
  if (typeof value !== "string") {
    return { error: `update_settings values must be strings (deletion is not supported): ${keys[0]}` };
  }
  if (source === "userSettings" && !EFFORTS.includes(value)) {
    return { error: `update_settings: effortLevel must be one of ${EFFORTS.join(", ")}` };
  }
  if (source === "localSettings") ctx.localOutputStyle = value;
  return { response: {} };
}

const settingsReplies = {
  apply_flag_settings: applyFlagSettings,
  update_settings: updateSettings,
  set_model: setModel,
  set_permission_mode: setPermissionMode,
  set_max_thinking_tokens: (_, { max_thinking_tokens: tokens = null }) =>
    tokens === null || Number.isInteger(tokens)
      ? {}
      : {
          error:
            "set_max_thinking_tokens: max_thinking_tokens must be an integer or null and thinking_display must be " +
            '"summarized", "omitted", "highlights", or null',
        },
};

module.exports = { settingsReplies };
