// Case folding of names, as far as folders of European offices need it.
//
// Simple folding (one code point to one) of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic,
// with the signs that share a capital with a letter there (micro, Kelvin, Angstrom, sharp s). Other
// scripts compare exactly. Folding more than upstream does can only protect more.
//
// Thread safety: pure functions. Source: Unicode CaseFolding.txt, statuses C and S.
#pragma once

#include <string>
#include <string_view>

namespace kerros::policy {

// Decodes UTF-8 and folds; an octet that is not part of a well-formed sequence stands for itself
// (as U+DC80 and up), so that unequal texts never become equal.
std::u32string fold(std::string_view text);

}  // namespace kerros::policy
