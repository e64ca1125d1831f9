#include "tools/proxy_change.h"

#include "tools/output.h"

namespace kerros::tools {

Result<bool> on_record(const Config& config, const Globals& globals, const ProxyChange& change,
                       const std::function<Status()>& make) {
  auto questions = Questions::open(config, globals);
  if (!questions) return tl::unexpected(questions.error());
  std::map<std::string, std::string> query = {
      {"change", change.name}, {"target", change.target}, {"detail", change.detail}};
  const auto intent = questions->order("/v1/proxy/changes", query);
  if (!intent) return tl::unexpected(intent.error());
  const Status made = make();
  query["intent"] = std::to_string(intent->at("position").get<std::uint64_t>());
  query["outcome"] = made ? "done" : "failed: " + complaint_of(made.error()).what;
  const auto outcome = questions->order("/v1/proxy/changes", query);
  if (!made) return tl::unexpected(made.error());
  if (!outcome) return tl::unexpected(outcome.error());
  return questions->gateway_runs();
}

void remind_of_reload(const Config& config, bool gateway_runs) {
  if (!config.proxy.is_on())
    warn("no proxy door is open: set proxy.listen or proxy.redirect_listen in " + config.file);
  else if (gateway_runs)
    warn("the running gateway goes on as before until it is reloaded (SIGHUP)");
}

}  // namespace kerros::tools
