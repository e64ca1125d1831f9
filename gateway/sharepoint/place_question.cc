#include "gateway/sharepoint/place_question.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "gateway/graph/head.h"
#include "gateway/graph/percent.h"
#include "gateway/graph/percent_encode.h"

namespace kerros::sharepoint {
namespace {

using Kind = PlaceQuestion::Kind;

// Calls of one file, and how many words they are behind it.
constexpr std::array<std::string_view, 11> kOfFile{
    "$value",           "startupload",      "continueupload",          "finishupload",
    "cancelupload",     "getuploadstatus",  "uploadwithchecksum",      "savebinary",
    "savebinarystream", "openbinarystream", "finishuploadwithchecksum"};
constexpr std::array<std::string_view, 5> kOfFolder{"add", "addusingpath", "addtemplatefile",
                                                    "addstub", "addstubusingpath"};

bool is_in(const auto& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

// How many of the last words are the call and not what it is called on; 0: not known.
std::size_t words_of_call(const std::vector<Word>& words) {
  if (words.size() < 3) return 0;
  if (is_in(kOfFile, words.back().name)) return 1;
  const bool in_files = words[words.size() - 2].name == "files";
  return in_files && is_in(kOfFolder, words.back().name) ? 2 : 0;
}

// The options that stand for arguments, as received.
std::string aliases(std::string_view raw_query) {
  std::string out;
  while (!raw_query.empty()) {
    const std::string_view one = raw_query.substr(0, raw_query.find('&'));
    raw_query.remove_prefix(std::min(raw_query.size(), one.size() + 1));
    if (one.starts_with('@') || one.starts_with("%40")) out.append("&").append(one);
  }
  return out;
}

PlaceQuestion ask_call(const TenantTarget& target) {
  const std::size_t call = words_of_call(target.words);
  if (call == 0 || call >= target.words.size()) return {};
  const auto decoded = graph::decode_percent(target.raw_path, graph::Plus::kLiteral);
  const std::size_t end = target.words[target.words.size() - call - 1].end;
  if (!decoded || end >= decoded->raw.size()) return {};
  return {Kind::kCall, target.raw_path.substr(0, decoded->raw[end]) + "?$select=ServerRelativeUrl" +
                           aliases(target.raw_query)};
}

bool has_word(const TenantTarget& target, std::string_view name) {
  return std::ranges::any_of(target.words, [&](const Word& word) { return word == name; });
}

std::string_view without_final_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::string base64url(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xffffff;
    for (held += 8; held >= 6; held -= 6) out.push_back(digits[bits >> (held - 6) & 63]);
  }
  if (held > 0) out.push_back(digits[bits << (6 - held) & 63]);
  return out;
}

// "https://HOST/x" or "/x", to "/x"; nullopt for other hosts and forms.
std::optional<std::string_view> path_here(std::string_view host, std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (graph::same_name(url.substr(0, scheme.size()), scheme)) {
    url.remove_prefix(scheme.size());
    const std::string_view authority = url.substr(0, url.find('/'));
    std::string_view name = authority;
    if (name.ends_with(":443")) name.remove_suffix(4);
    if (!graph::same_name(name, host)) return std::nullopt;
    url.remove_prefix(authority.size());
  }
  if (!url.starts_with('/') || url.starts_with("//")) return std::nullopt;
  return url.substr(0, url.find_first_of("?#"));
}

const std::string* option(const TenantTarget& target, std::string_view name) {
  const auto found = std::ranges::find_if(target.options, [&](const graph::QueryOption& one) {
    return graph::same_name(one.name, name);
  });
  return found == target.options.end() ? nullptr : &found->value;
}

// A guid with or without braces; empty for anything else.
std::string guid_of(std::string_view text) {
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  const bool fits = text.size() == 36 && std::ranges::all_of(text, [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                             (c >= 'A' && c <= 'F') || c == '-';
                    });
  return fits ? std::string(text) : std::string();
}

}  // namespace

PlaceQuestion place_question(const TenantRoute& route) {
  if (route.channel == "webdav" || route.channel == "file")
    return {Kind::kPath, std::string(without_final_slash(route.target.raw_path))};
  return has_word(route.target, "_api") ? ask_call(route.target) : PlaceQuestion{};
}

std::string item_by_address(std::string_view host, std::string_view raw_path) {
  const std::string url = "https://" + std::string(host) + std::string(raw_path);
  return "/_api/v2.0/shares/u!" + base64url(url) + "/driveItem";
}

std::string destination_path(std::string_view host, const graph::Fields& fields) {
  if (fields.count("Destination") != 1) return {};
  const auto path = path_here(host, *fields.find("Destination"));
  return path ? std::string(without_final_slash(*path)) : std::string();
}

std::string server_relative_path(std::string_view json) {
  const auto answer = nlohmann::json::parse(json, nullptr, false);
  if (!answer.is_object()) return {};
  const auto found = answer.find("ServerRelativeUrl");
  if (found == answer.end() || !found->is_string()) return {};
  const auto& path = found->get_ref<const std::string&>();
  return path.starts_with('/') ? graph::percent_encode_path(path) : std::string();
}

PlaceQuestion download_page(std::string_view host, const TenantTarget& target) {
  if (target.has_option("tempauth") || target.has_option("share")) return {};
  if (const std::string* id = option(target, "UniqueId")) {
    const std::string guid = guid_of(*id);
    if (guid.empty()) return {};
    const std::string lower = in_lower_case(target.raw_path);
    const std::string site = target.raw_path.substr(0, lower.rfind("/_layouts/"));
    return {Kind::kCall, site + "/_api/web/GetFileById('" + guid + "')?$select=ServerRelativeUrl"};
  }
  const std::string* source = option(target, "SourceUrl");
  const auto path = source == nullptr ? std::nullopt : path_here(host, *source);
  return path ? PlaceQuestion{Kind::kPath, graph::percent_encode_path(*path)} : PlaceQuestion{};
}

}  // namespace kerros::sharepoint
