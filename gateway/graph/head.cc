#include "gateway/graph/head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kerros::graph {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods{{
    {"GET", Method::kGet},
    {"HEAD", Method::kHead},
    {"PUT", Method::kPut},
    {"POST", Method::kPost},
    {"PATCH", Method::kPatch},
    {"DELETE", Method::kDelete},
    {"OPTIONS", Method::kOptions},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Transfer-Encoding and Content-Length alone; `absent` is what neither of them means.
Result<Framing> framing(const Fields& fields, Framing::Kind absent) {
  const std::size_t codings = fields.count("Transfer-Encoding");
  const std::size_t lengths = fields.count("Content-Length");
  if (codings > 0 && lengths > 0)
    return fail(ErrorCode::kMalformed, "Content-Length beside Transfer-Encoding");
  if (codings > 1 || lengths > 1) return fail(ErrorCode::kMalformed, "a framing field given twice");
  if (codings == 1) {
    if (!same_name(*fields.find("Transfer-Encoding"), "chunked"))
      return fail(ErrorCode::kMalformed, "a transfer coding other than chunked");
    return Framing{Framing::Kind::kChunked, 0};
  }
  if (lengths == 0) return Framing{absent, 0};
  const std::string_view text = *fields.find("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::kMalformed, "Content-Length is not a number");
  return Framing{Framing::Kind::kLength, length};
}

}  // namespace

Method method_of(std::string_view token) {
  for (const auto& [text, method] : kMethods)
    if (text == token) return method;
  return Method::kOther;
}

std::string_view name(Method method) {
  for (const auto& [text, value] : kMethods)
    if (value == method) return text;
  return "OTHER";
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

void Fields::add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

void Fields::set(std::string_view name, std::string value) {
  const auto first =
      std::ranges::find_if(lines_, [&](const auto& line) { return same_name(line.first, name); });
  if (first == lines_.end()) return add(std::string(name), std::move(value));
  first->second = std::move(value);
  lines_.erase(std::remove_if(first + 1, lines_.end(),
                              [&](const auto& line) { return same_name(line.first, name); }),
               lines_.end());
}

void Fields::remove(std::string_view name) {
  std::erase_if(lines_, [&](const auto& line) { return same_name(line.first, name); });
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (const auto& [key, value] : lines_)
    if (same_name(key, name)) return value;
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines_, [&](const auto& line) { return same_name(line.first, name); }));
}

Result<Framing> request_framing(const RequestHead& head) {
  return framing(head.fields, Framing::Kind::kNone);
}

Result<Framing> response_framing(Method request, const ResponseHead& head) {
  if (request == Method::kHead || head.status < 200 || head.status == 204 || head.status == 304)
    return Framing{};
  return framing(head.fields, Framing::Kind::kUntilClose);
}

}  // namespace kerros::graph
