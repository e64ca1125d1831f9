#include "tools/language.h"

#include <libintl.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <filesystem>

#include "gateway/complaint.h"

namespace kerros::tools {
namespace {

constexpr const char* kDomain = "kerros";

bool is_spoken(std::string_view language) {
  return language == "en" || language == "fi" || language == "sv";
}

// "sv" of "sv_FI.UTF-8".
std::string of_locale() {
  for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string language =
        std::string(value).substr(0, std::string_view(value).find_first_of("_.@"));
    return is_spoken(language) ? language : "en";
  }
  return "en";
}

// Beside the programs, where the build and the package both put them.
std::string catalogues() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (program.parent_path().parent_path() / "share/locale").string();
}

}  // namespace

Status use_language(const std::string& wanted) {
  if (!wanted.empty() && !is_spoken(wanted))
    return complain(ErrorCode::kMalformed, "--lang \"" + wanted + "\" is not spoken here",
                    "there are texts in English, Finnish and Swedish",
                    "one of them: --lang en, --lang fi, --lang sv");
  const auto language = wanted.empty() ? of_locale() : wanted;
  // The language is named by LANGUAGE, so that no locale of it needs to be installed; any locale
  // but "C" will do for that.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
  ::setenv("LANGUAGE", language.c_str(), 1);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
  std::setlocale(LC_MESSAGES, "C.UTF-8");
  ::bindtextdomain(kDomain, catalogues().c_str());
  ::bind_textdomain_codeset(kDomain, "UTF-8");
  return {};
}

std::string tr(const char* english) { return ::dgettext(kDomain, english); }
std::string tr(std::string_view english) { return tr(std::string(english).c_str()); }

}  // namespace kerros::tools
