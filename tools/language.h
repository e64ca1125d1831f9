// Texts for people in Finnish, Swedish and English: the catalogues of tools/po, read by the C
// library's gettext. What programs read (JSON, names of findings) is English always.
//
// Thread safety: use_language() once, before other threads start; tr() from then on by any thread.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.h"

namespace kerros::tools {

// "en", "fi", "sv"; empty: what LC_ALL, LC_MESSAGES or LANG says, and English for what there is no
// catalogue of. kMalformed: another word.
Status use_language(const std::string& wanted);

// The text in the language in use. Every call names its text as a literal, which is how the
// catalogues are kept whole (tests/tools/translations_test.sh).
std::string tr(const char* english);
std::string tr(std::string_view english);  // of a table whose texts are marked

}  // namespace kerros::tools
