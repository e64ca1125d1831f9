// One value of kerros.toml into its slot, or what is wrong with it: file, line, key, what it must
// be and an example.
//
// Thread safety: pure functions. Errors: kMalformed.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/config_keys.h"
#include "gateway/toml.h"

namespace kerros::config {

inline constexpr std::string_view kManual = "docker/kerros.toml shows every key with its default";

// "kerros.toml:12: "
std::string place_in(const std::string& file, const toml::source_region& source);

// The complaint about a name that is none of the known ones.
Status unknown_key(const std::string& file, const toml::source_region& source,
                   const std::string& name, std::span<const std::string_view> known);

Status take(const std::string& file, const Key& key, const toml::node& node);

}  // namespace kerros::config
