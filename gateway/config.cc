#include "gateway/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/complaint.h"
#include "gateway/config_check.h"
#include "gateway/config_keys.h"
#include "gateway/config_take.h"

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

// Reads one document into the slots of a Config; stops at the first thing that is wrong.
class Reader {
 public:
  Reader(Config& config, const std::filesystem::path& base)
      : config_(config), base_(base), keys_(config::keys(config)) {}

  Status read(const toml::table& document) {
    if (auto ok = refuse_unknown(document, ""); !ok) return ok;
    for (const auto& key : keys_) {
      if (const auto node = document.at_path(key.name))
        if (auto ok = config::take(config_.file, key, *node.node()); !ok) return ok;
      if (const auto* path = std::get_if<config::Path>(&key.slot)) resolve(*path->value);
    }
    return {};
  }

 private:
  // Every name of the document is a key or a section on the way to one.
  Status refuse_unknown(const toml::table& table, const std::string& prefix) const {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const bool leaf =
          std::any_of(keys_.begin(), keys_.end(), [&](const Key& k) { return k.name == name; });
      const bool section = std::any_of(
          keys_.begin(), keys_.end(), [&](const Key& k) { return k.name.starts_with(name + "."); });
      if (leaf) continue;
      if (!section) return config::unknown_key(config_.file, key.source(), name, names_for(prefix));
      if (!node.is_table())
        return complain(
            ErrorCode::kMalformed,
            config::place_in(config_.file, key.source()) + "`" + name + "` is a section",
            "its keys stand below a line [" + name + "]", config::kManual);
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

  Config& config_;
  std::filesystem::path base_;
  std::vector<Key> keys_;
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
                    "the file is read whole or not at all", config::kManual);
  } catch (const config::TomlRefused&) {
    return complain(ErrorCode::kMalformed,
                    config.file + ": this is not TOML: the name of a section or key cannot be read",
                    "a name begins with a letter, a digit, \"-\", \"_\" or a quotation mark",
                    config::kManual);
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
