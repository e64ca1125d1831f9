#include "gateway/config_keys.h"

#include <algorithm>
#include <array>

#include "gateway/config_values.h"

namespace kerros::config {
namespace {

constexpr bool kReload = false;
constexpr bool kRestart = true;

constexpr std::array<std::string_view, 2> kMethods = {"keyfile", "passphrase"};
constexpr std::array<std::string_view, 2> kSuites = {"aes-256-gcm", "chacha20-poly1305"};
constexpr std::array<std::string_view, 4> kBackends = {"auto", "ipsec-mb", "openssl", "libsodium"};
constexpr std::array<std::string_view, 2> kLegacyPlain = {"pass", "refuse"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

// `first` is the value that the first name stands for; the others follow it in order.
template <typename Enum>
Choice choice(std::span<const std::string_view> names, Enum& value, Enum first) {
  return {
      names,
      [&value, first] { return static_cast<std::size_t>(value) - static_cast<std::size_t>(first); },
      [&value, first](std::size_t i) {
        value = static_cast<Enum>(i + static_cast<std::size_t>(first));
      }};
}

Choice word(std::span<const std::string_view> names, std::string& value) {
  return {names,
          [names, &value] {
            const auto at = std::find(names.begin(), names.end(), value);
            return static_cast<std::size_t>(at - names.begin());
          },
          [names, &value](std::size_t i) { value = names[i]; }};
}

template <typename Integer>
Number number(Integer& value, std::uint64_t least, std::uint64_t most) {
  return {[&value] { return std::uint64_t{value}; },
          [&value](std::uint64_t n) { value = static_cast<Integer>(n); }, least, most};
}

constexpr std::uint64_t kKiB = 1 << 10;
constexpr std::uint64_t kMiB = 1 << 20;

void add_service(Config& c, std::vector<Key>& keys) {
  const std::vector<Key> some = {
      {"graph_door.listen", kRestart, Listen{&c.graph_door.listen}},
      {"graph_door.name", kRestart, Text{&c.graph_door.name}},
      {"graph_door.certificate", kReload, Path{&c.graph_door.certificate}},
      {"graph_door.private_key", kReload, Path{&c.graph_door.private_key}},
      {"admin.listen", kRestart, Listen{&c.admin.listen}},
      {"admin.socket", kRestart, Path{&c.admin.socket}},
      {"store.directory", kRestart, Path{&c.store.directory}},
      {"store.sessions", kRestart, Path{&c.store.sessions}},
      {"store.spool", kRestart, Path{&c.store.spool}},
      {"store.items_map_gib", kRestart, number(c.store.items_map_gib, 1, 16'384)},
      {"store.sessions_map_mib", kRestart, number(c.store.sessions_map_mib, 16, 1 << 20)},
      {"unseal.method", kRestart,
       choice(kMethods, c.unseal.method, Config::Unseal::Method::kKeyFile)},
      {"unseal.key_file", kRestart, Path{&c.unseal.key_file}},
      {"keys.rotate_after", kReload, Duration{&c.keys.rotate_after}},
      {"audit.directory", kRestart, Path{&c.audit.directory}},
      {"audit.origin", kRestart, Text{&c.audit.origin}},
      {"audit.checkpoint_copy", kRestart, Path{&c.audit.checkpoint_copy}},
      {"audit.retention_months", kRestart, number(c.audit.retention_months, 0, 600)},
      {"unit", kReload, Text{&c.unit}},
      {"log_level", kReload, word(kLevels, c.log_level)},
  };
  keys.insert(keys.end(), some.begin(), some.end());
}

void add_proxy(Config& c, std::vector<Key>& keys) {
  Config::Proxy& p = c.proxy;
  const std::vector<Key> some = {
      {"proxy.listen", kRestart, Listen{&p.listen, Optional::kYes}},
      {"proxy.redirect_listen", kRestart, Listen{&p.redirect_listen, Optional::kYes}},
      {"proxy.name", kRestart, Text{&p.name}},
      {"proxy.intercept", kReload, HostNames{&p.intercept}},
      {"proxy.certificate", kReload, Path{&p.certificate}},
      {"proxy.private_key", kReload, Path{&p.private_key}},
      {"proxy.users_file", kReload, Path{&p.users_file}},
      {"proxy.client_networks", kReload, Networks{&p.client_networks}},
      {"proxy.ports", kReload, Ports{&p.ports}},
      {"proxy.exempt", kReload, HostNames{&p.exempt, Optional::kYes}},
      {"proxy.tunnel_idle", kReload, Duration{&p.tunnel_idle}},
      {"proxy.tunnels", kReload, number(p.tunnels, 1, 1'000'000)},
  };
  keys.insert(keys.end(), some.begin(), some.end());
}

void add_upstream(Config& c, std::vector<Key>& keys) {
  const std::vector<Key> some = {
      {"upstream.graph_host", kRestart, Text{&c.upstream.graph_host}},
      {"upstream.content_hosts", kReload, HostNames{&c.upstream.content_hosts}},
      {"upstream.ca_file", kRestart, Path{&c.upstream.ca_file}},
      {"upstream.connect", kRestart, Connects{&c.upstream.connect}},
      {"upstream.connect_timeout", kReload, Duration{&c.upstream.connect_timeout}},
      {"upstream.answer_timeout", kReload, Duration{&c.upstream.answer_timeout}},
      {"upstream.idle_timeout", kReload, Duration{&c.upstream.idle_timeout}},
  };
  keys.insert(keys.end(), some.begin(), some.end());
}

void add_limits(Config& c, std::vector<Key>& keys) {
  const std::vector<Key> some = {
      {"sealing.suite", kReload, choice(kSuites, c.sealing.suite, crypto::Suite::kAes256Gcm)},
      {"sealing.backend", kRestart, word(kBackends, c.sealing.backend)},
      {"limits.threads", kRestart, number(c.limits.threads, 0, 256)},
      {"limits.json_bytes", kReload, Size{&c.limits.json_bytes, 64 * kKiB}},
      {"limits.head_bytes", kReload, Size{&c.limits.head_bytes, 8 * kKiB}},
      {"limits.buffer_bytes", kRestart, Size{&c.limits.buffer_bytes, 4 * kMiB}},
      {"limits.connections", kRestart, number(c.limits.connections, 1, 1'000'000)},
      {"limits.spool_bytes", kReload, Size{&c.limits.spool_bytes, 1 * kMiB}},
      {"limits.drain", kReload, Duration{&c.limits.drain}},
      {"limits.client_idle", kReload, Duration{&c.limits.client_idle}},
      {"limits.head_timeout", kReload, Duration{&c.limits.head_timeout}},
      {"policy.legacy_plain", kReload,
       choice(kLegacyPlain, c.policy.legacy_plain, policy::LegacyPlain::kPass)},
      {"policy.rule", kReload, RuleList{&c.policy.rules}},
  };
  keys.insert(keys.end(), some.begin(), some.end());
}

std::string list_text(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const auto& entry : list) text += (text.size() > 1 ? ", " : "") + quote(entry);
  return text + "]";
}

std::string ports_text(const std::vector<std::uint16_t>& ports) {
  std::string text = "[";
  for (const auto port : ports) text += (text.size() > 1 ? ", " : "") + std::to_string(port);
  return text + "]";
}

std::string connects_text(const std::vector<HostOverride>& connects) {
  std::string text = "[";
  for (const auto& c : connects) {
    text += (text.size() > 1 ? ", " : "") + std::string("{ host = ") + quote(c.host) +
            ", address = " + quote(to_text(Endpoint{c.address, c.port})) + " }";
  }
  return text + "]";
}

std::string rules_text(const std::vector<policy::Rule>& rules) {
  std::string text = "[";
  for (const auto& rule : rules) {
    text += (text.size() > 1 ? ", " : "") + std::string("{ name = ") + quote(rule.name);
    if (!rule.drives.empty()) text += ", drives = " + list_text(rule.drives);
    if (!rule.paths.empty()) text += ", paths = " + list_text(rule.paths);
    if (!rule.unit.empty()) text += ", unit = " + quote(rule.unit);
    if (rule.legacy_plain)
      text +=
          ", legacy_plain = " + quote(kLegacyPlain[static_cast<std::size_t>(*rule.legacy_plain)]);
    text += " }";
  }
  return text + "]";
}

struct Render {
  std::string operator()(const Text& s) const { return quote(*s.value); }
  std::string operator()(const Path& s) const { return quote(*s.value); }
  std::string operator()(const Listen& s) const { return quote(*s.value); }
  std::string operator()(const Number& s) const { return std::to_string(s.get()); }
  std::string operator()(const Size& s) const { return quote(size_text(*s.value)); }
  std::string operator()(const Duration& s) const { return quote(to_text(*s.value)); }
  std::string operator()(const Choice& s) const { return quote(s.names[s.get()]); }
  std::string operator()(const HostNames& s) const { return list_text(*s.value); }
  std::string operator()(const Networks& s) const { return list_text(*s.value); }
  std::string operator()(const Ports& s) const { return ports_text(*s.value); }
  std::string operator()(const Connects& s) const { return connects_text(*s.value); }
  std::string operator()(const RuleList& s) const { return rules_text(*s.value); }
};

}  // namespace

std::vector<Key> keys(Config& config) {
  std::vector<Key> all;
  add_service(config, all);
  add_proxy(config, all);
  add_upstream(config, all);
  add_limits(config, all);
  return all;
}

std::span<const std::string_view> connect_keys() {
  static constexpr std::array<std::string_view, 2> kKeys = {"host", "address"};
  return kKeys;
}

std::span<const std::string_view> rule_keys() {
  static constexpr std::array<std::string_view, 5> kKeys = {"name", "drives", "paths", "unit",
                                                            "legacy_plain"};
  return kKeys;
}

std::string render(const Slot& slot) { return std::visit(Render{}, slot); }

std::string quote(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace kerros::config
