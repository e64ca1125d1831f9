#include "gateway/graph/select.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "gateway/graph/answer_shape.h"
#include "gateway/graph/expand.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {

namespace {

using Names = std::vector<std::string_view>;
using Options = ExpandOptions;

constexpr std::array<std::string_view, 6> kNeeded{"id",   "cTag", "parentReference",
                                                  "size", "file", "remoteItem"};
// Navigations that lead from an item, or from a list item, to items.
constexpr std::array<std::string_view, 4> kToItems{"children", "driveitem", "items", "root"};

bool is_named(const Names& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](std::string_view field) {
    return small_letters(trim_blanks(field)) == small_letters(name);
  });
}

// Only what depends on the content needs the item's name; everything else is left alone.
bool depends_on_content(const Names& fields) {
  return std::ranges::any_of(fields, [](std::string_view field) {
    const std::string name = small_letters(trim_blanks(field));
    const std::string_view first = std::string_view(name).substr(0, name.find('/'));
    return first == "size" || first == "file" || first == "webdavurl" || first == "remoteitem" ||
           word_of(first) == Word::kMedia || name.ends_with("downloadurl");
  });
}

// Says what is to be inserted where, and what to take out of the answer for it.
class Widener {
 public:
  struct Insertion {
    const char* at;  // in the decoded text
    std::string text;
  };

  Unwanted items(const Options& options) {
    Unwanted unwanted;
    if (options.select) {
      const Names fields = split_option(*options.select, ',');
      if ((options.expand || depends_on_content(fields)) && !is_named(fields, "*"))
        add_needed(*options.select, fields, unwanted);
    }
    for (const Expanded& one : read_expand(options)) below(one, unwanted);
    return unwanted;
  }

  Unwanted list_items(const Options& options) {
    Unwanted unwanted;
    const auto expanded = read_expand(options);
    bool sizes = false, item = false;
    for (const Expanded& one : expanded) {
      item = item || one.name == "driveitem";
      if (one.name != "fields") continue;
      const Names columns = split_option(one.options.select.value_or("*"), ',');
      sizes = sizes || std::ranges::any_of(columns, [](std::string_view column) {
                return trim_blanks(column) == "*" || is_field_size(trim_blanks(column));
              });
    }
    for (const Expanded& one : expanded) {
      if (one.name == "driveitem" && one.options.select && sizes)
        force(one, unwanted);
      else
        below(one, unwanted);
    }
    if (!sizes || item) return unwanted;
    insert(*options.expand, ",driveItem($select=id,cTag,parentReference,size,file)");
    unwanted.keys.emplace_back("driveItem");
    return unwanted;
  }

  const std::vector<Insertion>& insertions() const { return insertions_; }
  bool too_much() const { return too_deep_ || insertions_.size() > kMostInsertions; }

 private:
  void below(const Expanded& one, Unwanted& unwanted) {
    too_deep_ = too_deep_ || level_ == kMostLevels;
    if (too_deep_) return;
    ++level_;
    Unwanted inner;
    if (std::ranges::find(kToItems, one.name) != kToItems.end()) inner = items(one.options);
    if (one.name == "listitem") inner = list_items_of_item(one.options);
    --level_;
    keep(one, std::move(inner), unwanted);
  }

  // The fields of an item's own list item belong to that item.
  Unwanted list_items_of_item(const Options& options) {
    Unwanted unwanted;
    for (const Expanded& one : read_expand(options))
      if (one.name == "driveitem") below(one, unwanted);
    return unwanted;
  }

  void force(const Expanded& one, Unwanted& unwanted) {
    Unwanted inner;
    add_needed(*one.options.select, split_option(*one.options.select, ','), inner);
    keep(one, std::move(inner), unwanted);
  }

  static void keep(const Expanded& one, Unwanted inner, Unwanted& unwanted) {
    if (inner.empty()) return;
    inner.under = one.written;
    unwanted.below.push_back(std::move(inner));
  }

  void add_needed(std::string_view select, const Names& fields, Unwanted& unwanted) {
    std::string text;
    for (const std::string_view needed : kNeeded) {
      if (is_named(fields, needed)) continue;
      unwanted.keys.emplace_back(needed);
      text.append(",").append(needed);
    }
    insert(select, std::move(text));
  }

  void insert(std::string_view behind, std::string text) {
    if (!text.empty()) insertions_.push_back({behind.data() + behind.size(), std::move(text)});
  }

  std::vector<Insertion> insertions_;
  std::size_t level_ = 0;
  bool too_deep_ = false;
};

// The value of one option of the raw query, decoded, with its place there.
struct RawOption {
  std::size_t begin = 0;
  Decoded value;
};

std::optional<RawOption> find_option(std::string_view query, std::string_view name) {
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view pair = query.substr(begin, end - begin);
    const std::size_t equals = pair.find('=');
    const auto decoded = decode_percent(pair.substr(0, equals), Plus::kSpace);
    if (decoded && equals != std::string_view::npos &&
        small_letters(without_dollar(decoded->text)) == name) {
      auto value = decode_percent(pair.substr(equals + 1), Plus::kSpace);
      if (!value) return std::nullopt;
      return RawOption{begin + equals + 1, *std::move(value)};
    }
    begin = end + 1;
  }
  return std::nullopt;
}

// Where in the raw query a place of the option's decoded value is.
std::optional<std::size_t> raw_place(const std::optional<RawOption>& option, const char* at) {
  if (!option) return std::nullopt;
  const std::string& text = option->value.text;
  if (std::less<>()(at, text.data()) || std::less<>()(text.data() + text.size(), at))
    return std::nullopt;
  return option->begin + option->value.raw[static_cast<std::size_t>(at - text.data())];
}

// Takes `inserted` away where an option's value, or a level of it, ends with it.
std::string erase_at_ends(std::string url, std::string_view inserted) {
  const auto decoded = decode_percent(url, Plus::kLiteral);
  if (!decoded) return url;
  const std::string& text = decoded->text;
  for (std::size_t at = text.rfind(inserted); at != std::string::npos;
       at = at == 0 ? std::string::npos : text.rfind(inserted, at - 1)) {
    const std::size_t end = at + inserted.size();
    if (end == text.size() || text[end] == '&' || text[end] == ')' || text[end] == ';')
      url.erase(decoded->raw[at], decoded->raw[end] - decoded->raw[at]);
  }
  return url;
}

}  // namespace

WidenedSelect widen_select(const Target& target, Answers answers) {
  WidenedSelect widened{target.raw_query, {}, {}};
  const auto select = find_option(target.raw_query, "select");
  const auto expand = find_option(target.raw_query, "expand");
  Options options;
  if (select) options.select = select->value.text;
  if (expand) options.expand = expand->value.text;
  Widener widener;
  widened.added = answers == Answers::kItems ? widener.items(options) : widener.list_items(options);
  if (widener.too_much()) return {target.raw_query, {}, {}};
  std::vector<std::pair<std::size_t, std::string>> places;
  for (const auto& [at, text] : widener.insertions()) {
    const auto place = raw_place(select, at);
    places.emplace_back(place ? *place : raw_place(expand, at).value_or(0), text);
    if (std::ranges::find(widened.inserted, text) == widened.inserted.end())
      widened.inserted.push_back(text);
  }
  std::ranges::sort(places, std::ranges::greater{}, [](const auto& one) { return one.first; });
  for (const auto& [place, text] : places) widened.raw_query.insert(place, text);
  return widened;
}

std::string narrow_link(std::string_view url, const WidenedSelect& widened) {
  std::string narrowed(url);
  for (const std::string& text : widened.inserted)
    narrowed = erase_at_ends(std::move(narrowed), text);
  return narrowed;
}

}  // namespace kerros::graph
