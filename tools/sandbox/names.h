// Names of items: what is allowed, when two are the same, what a clash is renamed to.
//
// Thread safety: pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kerros::sandbox {

// Names are kept as they came and matched without regard to case (NFC and NFD stay different).
std::string fold_name(std::string_view name);

// Empty when the name may be stored, else a sentence that says why not.
std::string why_name_is_bad(std::string_view name);

// "a.txt" -> "a 1.txt", "a 2.txt" ... the first that is free.
std::string free_name(std::string_view wanted,
                      const std::function<bool(const std::string&)>& taken);

std::string extension_of(std::string_view name);  // lower case, without the dot
std::string mime_type_of(std::string_view name);

}  // namespace kerros::sandbox
