// Filters as text and as a question to one record.
#include <algorithm>

#include "gateway/audit/query.h"
#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::uint64_t kDayMs = 86'400'000;

std::string text_of(const Texts& texts, const std::string& name) {
  const auto at = texts.find(name);
  return at == texts.end() ? std::string() : at->second;
}

Status parse_times(const Texts& texts, Filter& filter) {
  for (const auto& [name, slot] :
       {std::pair("since", &filter.since_ms), std::pair("until", &filter.until_ms)}) {
    const std::string text = text_of(texts, name);
    if (text.empty()) continue;
    const auto time = parse_time(text);
    if (!time)
      return fail(ErrorCode::kMalformed, std::string(name) + " is \"" + text +
                                             "\", not a day or a time such as "
                                             "2026-11-21T21:48:16Z");
    const bool to_the_end = slot == &filter.until_ms && is_day(text);
    *slot = *time + (to_the_end ? kDayMs : 0);
  }
  return {};
}

// The word that follows `before` in a target such as "drive D item I".
std::string word_after(const std::string& text, std::string_view before) {
  std::size_t at = text.starts_with(before) ? 0 : text.find(" " + std::string(before));
  if (at == std::string::npos) return {};
  at = text.find(before, at) + before.size();
  return text.substr(at, text.find(' ', at) - at);
}

// "unit NAME 0123...ef version 2": the name may have spaces in it.
std::string unit_of(const std::string& target) {
  constexpr std::size_t kId = 1 + 32;  // a space and the id
  const std::size_t version = target.rfind(" version ");
  if (!target.starts_with("unit ") || version == std::string::npos || version <= 5 + kId) return {};
  return target.substr(5, version - 5 - kId);
}

bool has(const std::vector<Term>& terms, Kind kind, const std::string& text) {
  return text.empty() || std::find(terms.begin(), terms.end(), Term{kind, text}) != terms.end();
}

bool names(const Record& record, const std::string& person) {
  const auto in = [&](const std::string& text) { return text.find(person) != std::string::npos; };
  return in(record.actor) || in(record.source) || in(record.target) || in(record.status) ||
         std::any_of(record.details.begin(), record.details.end(),
                     [&](const auto& detail) { return in(detail.second); });
}

}  // namespace

Result<Filter> parse_filter(const Texts& texts) {
  Filter filter;
  if (auto ok = parse_times(texts, filter); !ok) return tl::unexpected(ok.error());
  filter.actor = text_of(texts, "actor");
  filter.item = text_of(texts, "item");
  filter.key = text_of(texts, "key");
  filter.unit = text_of(texts, "unit");
  filter.status = text_of(texts, "status");
  filter.subject = text_of(texts, "subject");
  if (const std::string text = text_of(texts, "event"); !text.empty()) {
    const auto event = event_of(text);
    if (!event) return fail(ErrorCode::kMalformed, event.error().detail);
    filter.event = *event;
  }
  if (const std::string text = text_of(texts, "class"); !text.empty()) {
    const auto event_class = class_named(text);
    if (!event_class) return fail(ErrorCode::kMalformed, event_class.error().detail);
    filter.event_class = *event_class;
  }
  return filter;
}

Texts to_texts(const Filter& filter) {
  Texts texts;
  if (filter.since_ms != 0) texts["since"] = time_text(filter.since_ms);
  if (filter.until_ms != UINT64_MAX) texts["until"] = time_text(filter.until_ms);
  for (const auto& [name, text] :
       {std::pair("actor", &filter.actor), std::pair("item", &filter.item),
        std::pair("key", &filter.key), std::pair("unit", &filter.unit),
        std::pair("status", &filter.status), std::pair("subject", &filter.subject)})
    if (!text->empty()) texts[name] = *text;
  if (filter.event) texts["event"] = name(*filter.event);
  if (filter.event_class) texts["class"] = name(*filter.event_class);
  return texts;
}

std::vector<Term> terms_of(const Record& record) {
  std::vector<Term> terms{{Kind::kActor, record.actor}};
  const auto add = [&](Kind kind, std::string text) {
    if (!text.empty() && !has(terms, kind, text)) terms.push_back({kind, std::move(text)});
  };
  add(Kind::kItem, word_after(record.target, "item "));
  add(Kind::kKey, word_after(record.target, "key "));
  add(Kind::kUnit, unit_of(record.target));
  for (const auto& [name, value] : record.details) {
    if (name == "item") add(Kind::kItem, value);
    if (name == "key") add(Kind::kKey, value);
    if (name == "unit") add(Kind::kUnit, value);
  }
  return terms;
}

bool matches(const Filter& filter, const Record& record) {
  if (record.time_ms < filter.since_ms || record.time_ms >= filter.until_ms) return false;
  if (filter.event && record.event != *filter.event) return false;
  if (filter.event_class && class_of(record.event) != *filter.event_class) return false;
  if (!filter.actor.empty() && record.actor != filter.actor) return false;
  if (!record.status.starts_with(filter.status)) return false;
  if (!filter.subject.empty() && !names(record, filter.subject)) return false;
  if (filter.item.empty() && filter.key.empty() && filter.unit.empty()) return true;
  const auto terms = terms_of(record);
  return has(terms, Kind::kItem, filter.item) && has(terms, Kind::kKey, filter.key) &&
         has(terms, Kind::kUnit, filter.unit);
}

}  // namespace kerros::audit
