#include "gateway/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/complaint.h"
#include "gateway/config_check.h"
#include "gateway/config_keys.h"
#include "gateway/config_values.h"
#include "gateway/proxy/network.h"
#include "gateway/toml.h"

namespace kerros {
namespace {

using config::Key;

// What relative paths are taken from. A link stands for the file it leads to:
// /etc/kerros/kerros.toml may be one to an installation elsewhere.
std::filesystem::path directory_of(const std::string& file) {
  std::error_code missing;
  auto path = std::filesystem::canonical(file, missing);
  if (missing) path = std::filesystem::absolute(file);
  return path.parent_path();
}

constexpr std::string_view kManual = "docker/kerros.toml shows every key with its default";

// Reads one document into the slots of a Config; stops at the first thing that is wrong.
class Reader {
 public:
  Reader(Config& config, const std::filesystem::path& base)
      : config_(config), base_(base), keys_(config::keys(config)) {}

  Status read(const toml::table& document) {
    if (auto ok = refuse_unknown(document, ""); !ok) return ok;
    for (const auto& key : keys_) {
      key_ = key.name;
      const auto node = document.at_path(key.name);
      Status ok =
          node ? std::visit([&](const auto& slot) { return take(slot, *node.node()); }, key.slot)
               : Status();
      if (!ok) return ok;
      if (const auto* path = std::get_if<config::Path>(&key.slot)) resolve(*path->value);
    }
    return {};
  }

 private:
  std::string at(const toml::source_region& source) const {
    return config_.file + ":" + std::to_string(source.begin.line) + ": ";
  }

  Status unknown(const toml::source_region& source, const std::string& name,
                 std::span<const std::string_view> known) const {
    const auto near = config::nearest(name, known);
    return complain(
        ErrorCode::kMalformed, at(source) + "unknown key `" + name + "`",
        "a misspelt key would leave its default in force without anybody noticing",
        near.empty() ? std::string(kManual) : "did you mean `" + std::string(near) + "`?");
  }

  Status wrong(const toml::node& node, std::string_view expected, std::string_view example) const {
    return complain(ErrorCode::kMalformed, at(node.source()) + "`" + key_ + "` has a wrong value",
                    "it must be " + std::string(expected), "for example: " + std::string(example));
  }

  // Every name of the document is a key or a section on the way to one.
  Status refuse_unknown(const toml::table& table, const std::string& prefix) const {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const bool leaf =
          std::any_of(keys_.begin(), keys_.end(), [&](const Key& k) { return k.name == name; });
      const bool section = std::any_of(
          keys_.begin(), keys_.end(), [&](const Key& k) { return k.name.starts_with(name + "."); });
      if (leaf) continue;
      if (!section) return unknown(key.source(), name, names_for(prefix));
      if (!node.is_table())
        return complain(ErrorCode::kMalformed, at(key.source()) + "`" + name + "` is a section",
                        "its keys stand below a line [" + name + "]", kManual);
      if (auto ok = refuse_unknown(*node.as_table(), name + "."); !ok) return ok;
    }
    return {};
  }

  // What could have been meant: keys anywhere, and sections when the name has no dot.
  std::vector<std::string_view> names_for(const std::string& prefix) const {
    std::vector<std::string_view> names;
    for (const auto& key : keys_) {
      names.push_back(key.name);
      if (prefix.empty() && key.name.find('.') != std::string_view::npos)
        names.push_back(key.name.substr(0, key.name.find('.')));
    }
    return names;
  }

  void resolve(std::string& path) const {
    if (!path.empty()) path = (base_ / path).lexically_normal().string();
  }

  Status take(const config::Text& slot, const toml::node& node) {
    return take_text(node, *slot.value, "a text", "\"...\"");
  }
  Status take(const config::Path& slot, const toml::node& node) {
    return take_text(node, *slot.value,
                     "a path in quotes, relative ones from this file's directory", "\"store\"");
  }
  Status take(const config::Listen& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const bool off = text && text->empty() && slot.optional == config::Optional::kYes;
    if (!off && (!text || !config::parse_endpoint(*text)))
      return wrong(node, "a numeric address and a port", "\"127.0.0.1:8443\" or \"[::1]:8443\"");
    *slot.value = *text;
    return {};
  }
  Status take(const config::Number& slot, const toml::node& node) {
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
  Status take(const config::Size& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const auto size = text ? config::parse_size(*text) : std::nullopt;
    if (!size || *size < slot.least)
      return wrong(node,
                   "a size in quotes with its unit (B, KiB, MiB, GiB), at least " +
                       config::size_text(slot.least),
                   "\"" + config::size_text(*slot.value) + "\"");
    *slot.value = *size;
    return {};
  }
  Status take(const config::Duration& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const auto time = text ? config::parse_duration(*text) : std::nullopt;
    if (!time)
      return wrong(node, "a time in quotes with its unit (ms, s, m, h, d)",
                   "\"" + config::to_text(*slot.value) + "\"");
    *slot.value = *time;
    return {};
  }
  Status take(const config::Choice& slot, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    std::string names;
    for (std::size_t i = 0; i < slot.names.size(); ++i) {
      if (text && *text == slot.names[i]) {
        slot.set(i);
        return {};
      }
      names += (i == 0 ? "" : ", ") + config::quote(slot.names[i]);
    }
    return wrong(node, "one of " + names, config::quote(slot.names[slot.get()]));
  }
  Status take(const config::HostNames& slot, const toml::node& node) {
    const bool none = node.is_array() && node.as_array()->empty();
    if (none && slot.optional == config::Optional::kYes) {
      slot.value->clear();
      return {};
    }
    return take_list(node, *slot.value, "[\"*.sharepoint.com\"]", "a list of host names",
                     [](const std::string& name) { return config::is_host_name(name, true); });
  }
  Status take(const config::Networks& slot, const toml::node& node) {
    return take_list(
        node, *slot.value, "[\"10.0.0.0/8\", \"2001:db8::/32\"]",
        "a list of networks with no bit set right of the prefix",
        [](const std::string& text) { return proxy::parse_network(text).has_value(); });
  }
  Status take(const config::Ports& slot, const toml::node& node) {
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
  Status take(const config::Connects& slot, const toml::node& node) {
    return each_table(node, config::connect_keys(), [&](const toml::table& table) -> Status {
      const auto host = table["host"].value_exact<std::string>();
      const auto address = table["address"].value_exact<std::string>();
      const auto endpoint = address ? config::parse_endpoint(*address) : std::nullopt;
      if (!host || !config::is_host_name(*host, true) || !endpoint || endpoint->port == 0)
        return wrong(table, "a `host` and the `address` to connect to instead, with its port",
                     "host = \"*.sharepoint.com\" and address = \"127.0.0.1:8445\"");
      slot.value->push_back({*host, endpoint->address, endpoint->port});
      return {};
    });
  }
  Status take(const config::RuleList& slot, const toml::node& node) {
    return each_table(node, config::rule_keys(), [&](const toml::table& table) -> Status {
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
          return unknown(key.source(), std::string(key.str()), known);
      if (auto ok = take_one(*table); !ok) return ok;
    }
    return {};
  }

  Config& config_;
  std::filesystem::path base_;
  std::vector<Key> keys_;
  std::string key_;  // the one being read, for messages
};

}  // namespace

Result<Config> parse_config(std::string_view toml, std::string_view file) {
  Config config;
  config.file = std::string(file);
  try {
    const auto document = toml::parse(toml);
    Reader reader(config, directory_of(config.file));
    if (auto ok = reader.read(document); !ok) return tl::unexpected(ok.error());
  } catch (const toml::parse_error& error) {
    return complain(ErrorCode::kMalformed,
                    config.file + ":" + std::to_string(error.source().begin.line) +
                        ": this is not TOML: " + std::string(error.description()),
                    "the file is read whole or not at all", kManual);
  } catch (const config::TomlRefused&) {
    return complain(ErrorCode::kMalformed,
                    config.file + ": this is not TOML: the name of a section or key cannot be read",
                    "a name begins with a letter, a digit, \"-\", \"_\" or a quotation mark",
                    kManual);
  }
  if (auto ok = config::check(config); !ok) return tl::unexpected(ok.error());
  return config;
}

Result<Config> load_config(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return complain(ErrorCode::kNotFound, "cannot read the configuration " + file,
                    "the file is not there, or this user may not read it",
                    "name it with --config FILE, or make an installation with `kerros init DIR`");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_config(text, file);
}

}  // namespace kerros
