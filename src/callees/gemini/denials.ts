/**
 * gemini's own tools (0.61.0). A tool that needs an approval, which a run without a terminal cannot get, does not exist for the
 * model: its call fails with "not found". For another name the same words mean that the model made the name up.
 */
const BUILT_IN = new Set([
  "activate_skill",
  "ask_user",
  "enter_plan_mode",
  "exit_plan_mode",
  "glob",
  "google_web_search",
  "grep_search",
  "invoke_agent",
  "list_directory",
  "list_mcp_resources",
  "read_file",
  "read_many_files",
  "read_mcp_resource",
  "replace",
  "run_shell_command",
  "web_fetch",
  "write_file",
  "write_todos",
]);

/** Kinds of errors that say that gemini, a policy or a sandbox did not let the call through. */
const REFUSED = new Set([
  "policy_violation",
  "permission_denied",
  "path_not_in_workspace",
  "sandbox_expansion_required",
]);

/** Whether a failed tool call was denied. A tool that ran and failed, or was called with wrong parameters, was not. */
export function isDenied(tool: string, type: string | undefined, message: string): boolean {
  if (type === undefined) return false;
  // Names of tools of MCP servers begin so: the server is not allowed, or did not start.
  if (type === "tool_not_registered") return BUILT_IN.has(tool) || tool.startsWith("mcp_");
  return (
    REFUSED.has(type) || (type === "invalid_tool_params" && message.startsWith("Path not in workspace:"))
  );
}
