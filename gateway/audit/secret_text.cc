// Texts that have no place in a log, told by their form.
#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>

#include "gateway/audit/lint.h"

namespace kerros::audit {
namespace {

constexpr std::string_view kPem = "it holds a key in PEM form";
constexpr std::string_view kCredential = "it holds a credential";
constexpr std::string_view kAddress = "it holds an address that opens a file by itself";

struct Word {
  std::string_view text;   // in small letters
  std::size_t follow = 0;  // characters of a token that must follow: names may hold the word alone
  std::string_view rule;
};
constexpr std::array kWords = {
    Word{"-----begin ", 0, kPem},
    Word{"authorization:", 0, kCredential},
    Word{"cookie:", 0, kCredential},
    Word{"bearer ", 20, kCredential},
    Word{"access_token=", 8, kCredential},
    Word{"refresh_token=", 8, kCredential},
    Word{"client_secret=", 8, kCredential},
    Word{"prooftoken=", 8, kAddress},
    Word{"guestaccesstoken=", 8, kAddress},
    Word{"tempauth=", 8, kAddress},
    Word{"?sig=", 8, kAddress},
    Word{"&sig=", 8, kAddress},
    Word{"x-amz-signature=", 8, kAddress},
    Word{"/kerros/upload/", 40, kAddress},
    Word{"/kerros/download/", 40, kAddress},
    Word{"/kerros/monitor/", 40, kAddress},
};

constexpr std::size_t kToken = 80;      // characters in a row that only a token has
constexpr std::size_t kKeyHex = 64;     // 32 bytes
constexpr std::size_t kKeyBase64 = 43;  // 32 bytes, before "="
constexpr std::size_t kEscapes = 12;    // bytes in a row that were no text

std::string small(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '_';
}

// A run as random as keys and tokens are: names repeat letters and have few kinds of them.
bool looks_random(std::string_view run) {
  std::bitset<256> seen;
  bool upper = false, lower = false, digit = false;
  for (const char c : run) {
    seen.set(static_cast<unsigned char>(c));
    upper = upper || (c >= 'A' && c <= 'Z');
    lower = lower || (c >= 'a' && c <= 'z');
    digit = digit || (c >= '0' && c <= '9');
  }
  return upper && lower && digit && seen.count() >= 20;
}

bool is_hex(std::string_view run) {
  return std::all_of(run.begin(), run.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

std::string_view rule_for_run(std::string_view run, std::string_view before, char after) {
  if (before.ends_with("b!")) return {};  // the id of a drive is 48 random bytes
  if (run.starts_with("eyJ") && run.size() >= 16 && after == '.') return "it holds a token";
  if (run.size() == kKeyHex && is_hex(run) && !before.ends_with("sha256 "))
    return "it holds what may be a key";
  if (run.size() == kKeyBase64 && after == '=' && looks_random(run))
    return "it holds what may be a key";
  if (run.size() >= kToken && looks_random(run)) return "it holds what may be a token";
  return {};
}

std::string_view rule_for_runs(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_base64(text[end])) ++end;
    if (end > at) {
      const char after = end < text.size() ? text[end] : '\0';
      const auto rule = rule_for_run(text.substr(at, end - at), text.substr(0, at), after);
      if (!rule.empty()) return rule;
    }
    at = std::max(end, at + 1);
  }
  return {};
}

// "\x00\x9c...": as_field() wrote bytes that were no text, more of them than a bad name has.
bool holds_bytes(std::string_view text) {
  std::size_t row = 0;
  for (std::size_t at = 0; at < text.size();) {
    const bool escape = text.substr(at, 2) == "\\x";
    row = escape ? row + 1 : 0;
    if (row >= kEscapes) return true;
    at += escape ? 4 : 1;
  }
  return false;
}

bool holds(std::string_view folded, const Word& word) {
  for (std::size_t at = folded.find(word.text); at != std::string_view::npos;
       at = folded.find(word.text, at + 1)) {
    std::size_t end = at + word.text.size();
    while (end < folded.size() && (is_base64(folded[end]) || folded[end] == '.' ||
                                   folded[end] == '%' || folded[end] == '=' || folded[end] == '/'))
      ++end;
    if (end - at - word.text.size() >= word.follow) return true;
  }
  return false;
}

}  // namespace

std::string_view secret_in(std::string_view text) {
  const std::string folded = small(text);
  for (const Word& word : kWords)
    if (holds(folded, word)) return word.rule;
  if (const auto rule = rule_for_runs(text); !rule.empty()) return rule;
  if (holds_bytes(text)) return "it holds bytes that are no text";
  return {};
}

}  // namespace kerros::audit
