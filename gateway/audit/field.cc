// What a field may hold: valid UTF-8 without control characters.
#include <algorithm>

#include "gateway/audit/record.h"

namespace kerros::audit {
namespace {

// Bytes of the well-formed UTF-8 character that `text` begins with (Unicode 15, table 3-7); 0 when
// it begins with none, or with a control character (C0, DEL, C1).
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  if (lead < 0xc2) return 0;  // a continuation, or an overlong form
  if (lead < 0xe0) return within(1, lead == 0xc2 ? 0xa0 : 0x80, 0xbf) ? 2 : 0;  // C1 lies below A0
  if (lead < 0xf0) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;  // no surrogates
    return within(1, low, high) && within(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (lead > 0xf4) return 0;
  const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
  return within(1, low, high) && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) ? 4 : 0;
}

Status check_field(std::string_view name, std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kMalformed,
                "audit record: " + std::string(name) + " " + std::string(why));
  };
  if (text.empty()) return refuse("is empty");
  if (text.size() > kMaxField) return refuse("is longer than 4 KiB");
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) return refuse("holds a control character or invalid UTF-8");
    text.remove_prefix(size);
  }
  return {};
}

std::string escaped(char byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto value = static_cast<std::uint8_t>(byte);
  return {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

}  // namespace

Status check(const Record& record) {
  if (record.time_ms == 0) return fail(ErrorCode::kMalformed, "audit record: time is empty");
  const std::pair<std::string_view, const std::string*> fields[] = {{"actor", &record.actor},
                                                                    {"right", &record.right},
                                                                    {"source", &record.source},
                                                                    {"target", &record.target},
                                                                    {"status", &record.status}};
  std::size_t total = 64;  // more than what is not text
  for (const auto& [name, text] : fields) {
    if (auto ok = check_field(name, *text); !ok) return ok;
    total += text->size() + 2;
  }
  if (record.details.size() > kMaxDetails)
    return fail(ErrorCode::kMalformed, "audit record: more than 64 details");
  for (const auto& [name, value] : record.details) {
    if (auto ok = check_field("a detail's name", name); !ok) return ok;
    if (auto ok = check_field("a detail's value", value); !ok) return ok;
    total += name.size() + value.size() + 4;
  }
  if (total > kMaxRecord) return fail(ErrorCode::kMalformed, "audit record: larger than 64 KiB");
  return {};
}

std::string as_field(std::string_view text) {
  constexpr std::string_view kCut = "...";
  if (text.empty()) return "-";
  std::string field;
  while (!text.empty()) {
    const std::size_t size = text.front() == '\\' ? 0 : character_size(text);
    const std::string piece = size == 0 ? escaped(text.front()) : std::string(text.substr(0, size));
    if (field.size() + piece.size() > kMaxField - kCut.size()) return field.append(kCut);
    field += piece;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return field;
}

}  // namespace kerros::audit
