#include "gateway/config_check.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "gateway/complaint.h"
#include "gateway/config_values.h"

namespace kerros::config {
namespace {

bool is_public_name(std::string_view text) {
  const auto colon = text.find(':');
  if (!is_host_name(text.substr(0, colon), false)) return false;
  if (colon == std::string_view::npos) return true;
  unsigned port = 0;
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port >= 1 && port <= 65535;
}

Status check_hosts(const Config& c) {
  if (!is_public_name(c.graph_door.name))
    return refuse(c, "`graph_door.name` is not a host name: \"" + c.graph_door.name + "\"",
                  "the addresses that clients are given are built from it",
                  "write the name that clients connect to, with \":port\" when it is not 443");
  if (!is_host_name(c.upstream.graph_host, false))
    return refuse(c, "`upstream.graph_host` is not a host name: \"" + c.upstream.graph_host + "\"",
                  "requests are sent there with the caller's token",
                  "use \"graph.microsoft.com\" or the name of a national cloud");
  return {};
}

Status check_unseal(const Config& c) {
  if (c.unseal.method != Config::Unseal::Method::kKeyFile) return {};
  if (c.unseal.key_file.empty())
    return refuse(c, "`unseal.key_file` is empty", "`unseal.method` is \"keyfile\"",
                  "name the key file that `kerros init` made, or unseal with a passphrase");
  if (lies_in(c.unseal.key_file, c.store.directory))
    return refuse(c, "`unseal.key_file` lies inside `store.directory`",
                  "a backup of the store would carry the key that opens it",
                  "move the key file out of the store and name its new place");
  return {};
}

Status refuse_path(const Config& c, const std::string& rule, const std::string& glob) {
  return refuse(c, "policy rule \"" + rule + "\" has the path \"" + glob + "\"",
                "paths are matched from the drive's root and begin with \"/\"",
                "write \"/" + glob + "\" for the root, or \"/**/" + glob + "\" for any depth");
}

Status check_rules(const Config& c) {
  std::set<std::string> names;
  for (const auto& rule : c.policy.rules) {
    if (!names.insert(rule.name).second)
      return refuse(c, "two policy rules are named \"" + rule.name + "\"",
                    "the audit log names the rule that decided, so names must differ",
                    "rename one of them");
    for (const auto& glob : rule.paths)
      if (!glob.starts_with('/')) return refuse_path(c, rule.name, glob);
  }
  return {};
}

Status check_times(const Config& c) {
  const std::pair<std::string_view, std::chrono::milliseconds> times[] = {
      {"upstream.connect_timeout", c.upstream.connect_timeout},
      {"upstream.answer_timeout", c.upstream.answer_timeout},
      {"upstream.idle_timeout", c.upstream.idle_timeout},
      {"proxy.tunnel_idle", c.proxy.tunnel_idle},
      {"limits.client_idle", c.limits.client_idle},
      {"limits.head_timeout", c.limits.head_timeout}};
  for (const auto& [key, time] : times)
    if (time < std::chrono::milliseconds(10) || time > std::chrono::hours(24))
      return refuse(c, "`" + std::string(key) + "` is " + to_text(time),
                    "nothing could succeed within less than 10ms, and a dead peer must not hold a "
                    "connection for more than a day",
                    "write a time between \"10ms\" and \"24h\"");
  if (c.limits.drain > std::chrono::hours(24))
    return refuse(c, "`limits.drain` is " + to_text(c.limits.drain),
                  "a stop would wait longer than a day for transfers",
                  "write a time up to \"24h\"");
  return {};
}

Status check_origin(const Config& c) {
  const auto bad = [](char ch) {
    return static_cast<unsigned char>(ch) <= 0x20 || ch == '+' || ch == 0x7f;
  };
  if (std::none_of(c.audit.origin.begin(), c.audit.origin.end(), bad)) return {};
  return refuse(c, "`audit.origin` holds a space, a \"+\" or a control character",
                "it is the name under which checkpoints are signed, one word in a line",
                "write one word such as \"kerros.example.org/log\"");
}

}  // namespace

Status refuse(const Config& config, std::string_view what, std::string_view why,
              std::string_view hint) {
  return complain(ErrorCode::kMalformed, config.file + ": " + std::string(what), why, hint);
}

bool lies_in(const std::string& file, const std::string& directory) {
  const auto inner = std::filesystem::path(file).lexically_normal();
  const auto outer = (std::filesystem::path(directory) / "").lexically_normal();
  const auto relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

Status check(const Config& config) {
  for (const auto one :
       {check_hosts, check_proxy, check_unseal, check_rules, check_times, check_origin})
    if (auto ok = one(config); !ok) return ok;
  return {};
}

}  // namespace kerros::config
