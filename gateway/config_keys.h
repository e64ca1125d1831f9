// The one list of keys of kerros.toml: where each value lies, how it is written, and whether a
// change needs a restart. Reading, comparing and printing a configuration all walk this list.
//
// Thread safety: pure functions. Lifetime: a Key points into the Config it was made for.
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/config.h"

namespace kerros::config {

struct Text {
  std::string* value;
};
struct Path {
  std::string* value;
};  // relative: from the configuration file's directory
enum class Optional : bool { kNo = false, kYes = true };
struct Listen {
  std::string* value;
  Optional optional = Optional::kNo;  // kYes: may be "", which is off
};  // "127.0.0.1:8443"
struct Number {
  std::function<std::uint64_t()> get;
  std::function<void(std::uint64_t)> set;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};
struct Size {
  std::uint64_t* value;
  std::uint64_t least = 0;
};
struct Duration {
  std::chrono::milliseconds* value;
};
struct Choice {
  std::span<const std::string_view> names;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};
struct HostNames {
  std::vector<std::string>* value;
  Optional optional = Optional::kNo;  // kYes: may be empty
};  // names and "*." patterns
struct Networks {
  std::vector<std::string>* value;
};  // "10.0.0.0/8"
struct Ports {
  std::vector<std::uint16_t>* value;
};
struct Connects {
  std::vector<HostOverride>* value;
};  // [[upstream.connect]]
struct RuleList {
  std::vector<policy::Rule>* value;
};  // [[policy.rule]]
using Slot = std::variant<Text, Path, Listen, Number, Size, Duration, Choice, HostNames, Networks,
                          Ports, Connects, RuleList>;

struct Key {
  std::string_view name;  // "graph_door.listen"
  bool restart = false;   // a running gateway keeps the old value until it is started again
  Slot slot;
};
std::vector<Key> keys(Config& config);
// Gives `next` the values of `running` for every key whose change needs a restart.
void keep_restart_values(Config running, Config& next);

// Keys of the tables in [[upstream.connect]] and [[policy.rule]].
std::span<const std::string_view> connect_keys();
std::span<const std::string_view> rule_keys();

// The value as kerros.toml writes it, on one line.
std::string render(const Slot& slot);
std::string quote(std::string_view text);  // a TOML basic string

}  // namespace kerros::config
