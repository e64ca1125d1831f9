// What must hold between the values of a configuration, beyond each being well written.
//
// Thread safety: pure function.
#pragma once

#include "gateway/config.h"

namespace kerros::config {

// kMalformed names the first key whose value cannot work, with what, why and what to do.
Status check(const Config& config);

// The part of it for [proxy], in config_check_proxy.cc.
Status check_proxy(const Config& config);

// What the checks share: a complaint that names the file, and whether a path lies in a directory,
// lexically, so that a check of a configuration does not depend on what exists already.
Status refuse(const Config& config, std::string_view what, std::string_view why,
              std::string_view hint);
bool lies_in(const std::string& file, const std::string& directory);

}  // namespace kerros::config
