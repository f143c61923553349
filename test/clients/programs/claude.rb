# A user's program that calls claude.
require "open3"
require "timeout"

def ask(mode)
  Open3.popen2e({ "FAKE_CLAUDE_MODE" => mode }, "claude", "-p", "Hello") do |input, output, process|
    input.close
    begin
      Timeout.timeout(mode == "hang" ? 2 : 30) { [output.read, process.value.exitstatus] }
    rescue Timeout::Error
      Process.kill("TERM", process.pid)
      process.value
      ["", "timeout"]
    end
  end
end

text, code = ask("ok")
puts "ok #{code} #{!text.strip.empty?}"
puts "auth #{ask("auth")[1]}"
puts "hang #{ask("hang")[1]}"
