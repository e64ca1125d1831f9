#include "tools/sandbox/switches.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace kerros::sandbox {
namespace {

// A misspelt switch would be a test that tests nothing.
constexpr std::array kKnown = {
    "5xx.effective",
    "batch.shuffle",
    "cae",
    "chunked.cut.commits",
    "commit.conflict",
    "content.302.body",
    "content.direct",
    "copy.failed",
    "copy.polls",
    "delta.410",
    "enrich",
    "etag.drift",
    "fail",
    "final.empty",
    "fragment.half",
    "fragment.lost_reply",
    "hash.sha1",
    "item.sparse",
    "json.gzip",
    "lock",
    "malware",
    "monitor.plain",
    "page.size",
    "range.ignore",
    "range.partial",
    "range.shifted",
    "ranges.form",
    "redirect.to",
    "reply.framing",
    "session.vanish",
    "size.string",
    "slow",
    "smuggle",
    "throttle",
    "tls.close",
    "token.lifetime",
    "wrong.hash",
    "wrong.size",
};

}  // namespace

void Switches::add(const nlohmann::json& source) {
  Rule rule;
  rule.source = source;
  rule.name = source.value("name", "");
  if (std::find(kKnown.begin(), kKnown.end(), rule.name) == kKnown.end()) {
    throw std::invalid_argument("no switch is called '" + rule.name + "'");
  }
  rule.value = source.value("value", nlohmann::json(true));
  const nlohmann::json match = source.value("match", nlohmann::json::object());
  for (const auto& [key, value] : match.items()) {
    if (key == "method") {
      rule.method = value.get<std::string>();
    } else if (key == "host") {
      rule.host = value.get<std::string>();
    } else if (key == "item") {
      rule.item = value.get<std::string>();
    } else if (key == "path_regex") {
      rule.path = std::regex(value.get<std::string>());
    } else if (key == "nth") {
      rule.nth = value.get<std::uint64_t>();
    } else if (key == "times") {
      rule.times = value.get<std::uint64_t>();
    } else {
      throw std::invalid_argument("a match knows no '" + key + "'");
    }
  }
  const std::scoped_lock lock(mutex_);
  rules_.push_back(std::move(rule));
}

void Switches::clear() {
  const std::scoped_lock lock(mutex_);
  rules_.clear();
}

nlohmann::json Switches::list() const {
  const std::scoped_lock lock(mutex_);
  nlohmann::json out = nlohmann::json::array();
  for (const Rule& rule : rules_) {
    out.push_back({{"rule", rule.source}, {"seen", rule.seen}, {"applied", rule.applied}});
  }
  return out;
}

std::optional<nlohmann::json> Switches::take(std::string_view name, const RequestHead& head,
                                             std::string_view item_name, std::string_view item_id) {
  const std::scoped_lock lock(mutex_);
  for (Rule& rule : rules_) {
    if (rule.name != name) continue;
    if (!rule.method.empty() && rule.method != head.method) continue;
    if (!rule.host.empty() && rule.host != head.host) continue;
    if (!rule.item.empty() && rule.item != item_name && rule.item != item_id) continue;
    if (rule.path && !std::regex_search(head.target, *rule.path)) continue;
    if (++rule.seen < rule.nth || rule.applied >= rule.times) continue;
    if (rule.value == false) continue;
    ++rule.applied;
    return rule.value;
  }
  return std::nullopt;
}

}  // namespace kerros::sandbox
