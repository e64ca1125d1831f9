#include "gateway/config_take.h"

#include <algorithm>

#include "gateway/complaint.h"
#include "gateway/config_values.h"
#include "gateway/proxy/network.h"

namespace kerros::config {
namespace {

// One kind of value after the other, as the slots come.
class Taker {
 public:
  Taker(const std::string& file, std::string_view key) : file_(file), key_(key) {}

  Status take(const Text& slot, const toml::node& node) {
    return take_text(node, *slot.value, "a text", "\"...\"");
  }
  Status take(const Path& slot, const toml::node& node) {
    return take_text(node, *slot.value,
                     "a path in quotes, relative ones from this file's directory", "\"store\"");
  }
  Status take(const Listen& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const bool off = text && text->empty() && slot.optional == Optional::kYes;
    if (!off && (!text || !parse_endpoint(*text)))
      return wrong(node, "a numeric address and a port", "\"127.0.0.1:8443\" or \"[::1]:8443\"");
    *slot.value = *text;
    return {};
  }
  Status take(const Number& slot, const toml::node& node) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < slot.least ||
        static_cast<std::uint64_t>(*number) > slot.most)
      return wrong(
          node,
          "a whole number from " + std::to_string(slot.least) + " to " + std::to_string(slot.most),
          std::to_string(slot.get()));
    slot.set(static_cast<std::uint64_t>(*number));
    return {};
  }
  Status take(const Size& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const auto size = text ? parse_size(*text) : std::nullopt;
    if (!size || *size < slot.least)
      return wrong(
          node,
          "a size in quotes with its unit (B, KiB, MiB, GiB), at least " + size_text(slot.least),
          "\"" + size_text(*slot.value) + "\"");
    *slot.value = *size;
    return {};
  }
  Status take(const Duration& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const auto time = text ? parse_duration(*text) : std::nullopt;
    if (!time)
      return wrong(node, "a time in quotes with its unit (ms, s, m, h, d)",
                   "\"" + to_text(*slot.value) + "\"");
    *slot.value = *time;
    return {};
  }
  Status take(const Choice& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    std::string names;
    for (std::size_t i = 0; i < slot.names.size(); ++i) {
      if (text && *text == slot.names[i]) {
        slot.set(i);
        return {};
      }
      names += (i == 0 ? "" : ", ") + quote(slot.names[i]);
    }
    return wrong(node, "one of " + names, quote(slot.names[slot.get()]));
  }
  Status take(const HostNames& slot, const toml::node& node) {
    const bool none = node.is_array() && node.as_array()->empty();
    if (none && slot.optional == Optional::kYes) {
      slot.value->clear();
      return {};
    }
    return take_list(node, *slot.value, "[\"*.sharepoint.com\"]", "a list of host names",
                     [](const std::string& name) { return is_host_name(name, true); });
  }
  Status take(const Networks& slot, const toml::node& node) {
    return take_list(
        node, *slot.value, "[\"10.0.0.0/8\", \"2001:db8::/32\"]",
        "a list of networks with no bit set right of the prefix",
        [](const std::string& text) { return proxy::parse_network(text).has_value(); });
  }
  Status take(const Ports& slot, const toml::node& node) {
    const auto* array = node.as_array();
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      const auto number = array->at(i).value_exact<std::int64_t>().value_or(0);
      if (number >= 1 && number <= 65535) ports.push_back(static_cast<std::uint16_t>(number));
    }
    if (array == nullptr || array->empty() || ports.size() != array->size())
      return wrong(node, "a list of ports, not an empty one", "[443]");
    *slot.value = std::move(ports);
    return {};
  }
  Status take(const Connects& slot, const toml::node& node) {
    return each_table(node, connect_keys(), [&](const toml::table& table) -> Status {
      const auto host = table["host"].value_exact<std::string>();
      const auto address = table["address"].value_exact<std::string>();
      const auto endpoint = address ? parse_endpoint(*address) : std::nullopt;
      if (!host || !is_host_name(*host, true) || !endpoint || endpoint->port == 0)
        return wrong(table, "a `host` and the `address` to connect to instead, with its port",
                     "host = \"*.sharepoint.com\" and address = \"127.0.0.1:8445\"");
      slot.value->push_back({*host, endpoint->address, endpoint->port});
      return {};
    });
  }
  Status take(const RuleList& slot, const toml::node& node) {
    return each_table(node, rule_keys(), [&](const toml::table& table) -> Status {
      policy::Rule rule;
      rule.name = "secret";
      Status ok;
      if (const auto* name = table.get("name"))
        ok = take_text(*name, rule.name, "the name of the rule", "\"secret\"");
      if (const auto* unit = table.get("unit"); ok && unit)
        ok = take_text(*unit, rule.unit, "the name of a unit", "\"hr\"");
      if (const auto* drives = table.get("drives"); ok && drives)
        ok = take_list(*drives, rule.drives, "drives = [\"b!...\"]");
      if (const auto* paths = table.get("paths"); ok && paths)
        ok = take_list(*paths, rule.paths, "paths = [\"/Secret/**\"]");
      if (const auto* legacy = table.get("legacy_plain"); ok && legacy)
        ok = take_legacy(*legacy, rule);
      if (!ok) return ok;
      slot.value->push_back(std::move(rule));
      return {};
    });
  }

 private:
  Status wrong(const toml::node& node, std::string_view expected, std::string_view example) const {
    return complain(ErrorCode::kMalformed,
                    place_in(file_, node.source()) + "`" + key_ + "` has a wrong value",
                    "it must be " + std::string(expected), "for example: " + std::string(example));
  }

  Status take_legacy(const toml::node& node, policy::Rule& rule) {
    const auto word = node.value_exact<std::string>();
    if (!word || (*word != "pass" && *word != "refuse"))
      return wrong(node, "\"pass\" or \"refuse\"", "\"refuse\"");
    rule.legacy_plain = *word == "pass" ? policy::LegacyPlain::kPass : policy::LegacyPlain::kRefuse;
    return {};
  }

  Status take_text(const toml::node& node, std::string& out, std::string_view expected,
                   std::string_view example) const {
    auto text = node.value_exact<std::string>();
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    if (!text || std::any_of(text->begin(), text->end(), control))
      return wrong(node, expected, example);
    out = std::move(*text);
    return {};
  }

  // An empty list is refused: whether it means "none" or "all" would have to be guessed.
  Status take_list(
      const toml::node& node, std::vector<std::string>& out, std::string_view example,
      const std::string& expected = "a list of texts",
      bool (*is_one)(const std::string&) = [](const std::string&) { return true; }) const {
    const auto* array = node.as_array();
    if (array == nullptr || array->empty())
      return wrong(node, expected + ", not an empty one", example);
    out.clear();
    for (const auto& entry : *array) {
      std::string text;
      if (auto ok = take_text(entry, text, expected, example); !ok) return ok;
      if (!is_one(text)) return wrong(entry, expected, example);
      out.push_back(std::move(text));
    }
    return {};
  }

  template <typename Take>
  Status each_table(const toml::node& node, std::span<const std::string_view> known,
                    const Take& take_one) const {
    const auto* array = node.as_array();
    if (array == nullptr) return wrong(node, "a table in double brackets", "[[" + key_ + "]]");
    for (const auto& entry : *array) {
      const auto* table = entry.as_table();
      if (table == nullptr) return wrong(entry, "a table in double brackets", "[[" + key_ + "]]");
      for (const auto& [key, value] : *table)
        if (std::find(known.begin(), known.end(), key.str()) == known.end())
          return unknown_key(file_, key.source(), std::string(key.str()), known);
      if (auto ok = take_one(*table); !ok) return ok;
    }
    return {};
  }

  const std::string& file_;
  std::string key_;
};

}  // namespace

std::string place_in(const std::string& file, const toml::source_region& source) {
  return file + ":" + std::to_string(source.begin.line) + ": ";
}

Status unknown_key(const std::string& file, const toml::source_region& source,
                   const std::string& name, std::span<const std::string_view> known) {
  const auto near = nearest(name, known);
  return complain(
      ErrorCode::kMalformed, place_in(file, source) + "unknown key `" + name + "`",
      "a misspelt key would leave its default in force without anybody noticing",
      near.empty() ? std::string(kManual) : "did you mean `" + std::string(near) + "`?");
}

Status take(const std::string& file, const Key& key, const toml::node& node) {
  Taker taker(file, key.name);
  return std::visit([&](const auto& slot) { return taker.take(slot, node); }, key.slot);
}

}  // namespace kerros::config
