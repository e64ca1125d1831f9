#include "gateway/graph/answer_editor.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kerros::graph {
namespace {

using Object = AnswerShape::Object;
using Marks = std::vector<bool>;  // by position of the member: whether it goes

constexpr std::array<std::string_view, 3> kOtherHashes{"sha1Hash", "sha256Hash", "crc32Hash"};
constexpr std::string_view kNoType = "application/octet-stream";

bool is_in(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != std::ranges::end(names);
}

class Editor {
 public:
  Editor(JsonText& text, const AnswerShape& shape, const Rewrite& edits)
      : text_(text), shape_(shape), edits_(edits) {}

  std::string run(std::string_view json) {
    if (!edits_.remove.empty()) mark_unwanted_at_top();
    for (const Span link : shape_.links) point(link);  // most stand before the items
    for (std::size_t i = 0; i < shape_.items.size(); ++i) item(i);
    for (const auto& fields : shape_.fields) columns(fields);
    for (const auto& hit : shape_.hits) summary(hit);
    for (const auto& [object, unwanted] : unwanted_)
      if (unwanted != nullptr) take_out(object, *unwanted);
    return splicer_.apply(json);
  }

 private:
  // The objects that were asked for more than the client wanted, by where they begin.
  void mark_unwanted_at_top() {
    Span top = text_.root();
    text_.for_each_member(text_.root(), [&](const Member& member) {
      if (member.name == "value" && text_.is_array(member.value)) top = member.value;
    });
    mark_unwanted(top, edits_.remove);
  }

  void mark_unwanted(Span value, const Unwanted& unwanted) {
    if (text_.is_array(value))
      for (const Span element : text_.elements(value)) mark_unwanted(element, unwanted);
    if (!text_.is_object(value)) return;
    unwanted_.emplace_back(value, &unwanted);
    if (unwanted.below.empty()) return;
    text_.for_each_member(value, [&](const Member& member) {
      for (const Unwanted& below : unwanted.below)
        if (below.under == member.name) mark_unwanted(member.value, below);
    });
  }

  // What goes from the object at `begin`; each object is edited once.
  const Unwanted* unwanted_of(std::size_t begin) {
    const auto found = std::ranges::lower_bound(unwanted_, begin, {},
                                                [](const auto& one) { return one.first.begin; });
    if (found == unwanted_.end() || found->first.begin != begin) return nullptr;
    return std::exchange(found->second, nullptr);
  }

  void take_out(Span object, const Unwanted& unwanted) {
    const Members members = text_.members(object);
    Marks goes(members.size());
    for (std::size_t i = 0; i < members.size(); ++i)
      goes[i] = is_in(unwanted.keys, members[i].name);
    splicer_.edit_object(object, members, goes, "");
  }

  void item(std::size_t position) {
    static const ItemEdit kNothing;
    const Object& object = shape_.items[position];
    const ItemEdit* found = edit_at(position);
    const Unwanted* unwanted = unwanted_of(object.span.begin);
    const ItemEdit& edit = found != nullptr ? *found : kNothing;
    const auto members = shape_.members(object);
    Marks goes(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      goes[i] = (unwanted != nullptr && is_in(unwanted->keys, members[i].name)) ||
                value(members[i], edit);
    }
    splicer_.edit_object(object.span, members, goes, "");
  }

  // Edits one member's value; whether the member goes instead.
  bool value(const Member& member, const ItemEdit& edit) {
    switch (word_of(member.name)) {
      case Word::kSize:
        return size(member.value, edit);
      case Word::kFile:
        if (text_.is_object(member.value)) file(member.value, edit);
        return false;
      case Word::kDownloadUrl:
        if (!edit.download_url.empty())
          splicer_.replace(member.value, to_json_string(edit.download_url));
        return edit.download_url.empty();
      case Word::kFieldSize:
        return field_size(member.value, edit) || (edit.strip_media && !edit.size);
      case Word::kMedia:
        return edit.strip_media;
      default:
        return false;
    }
  }

  bool size(Span value, const ItemEdit& edit) {
    if (edit.size) {
      const std::string digits = std::to_string(*edit.size);
      splicer_.replace(value, text_.is_string(value) ? '"' + digits + '"' : digits);
    }
    return edit.drop_size && !edit.size;
  }

  // "12;#17000" and other forms of a column cannot be said anew.
  bool field_size(Span value, const ItemEdit& edit) {
    const bool is_number = text_.integer_of(value).has_value();
    return size(value, edit) || (edit.size && !is_number);
  }

  void file(Span object, const ItemEdit& edit) {
    if (!edit.quick_xor_hash && !edit.strip_media && edit.media_type.empty()) return;
    const Members members = text_.members(object);
    Marks goes(members.size());
    bool found = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name == "mimeType") type(members[i].value, edit);
      if (members[i].name != "hashes") continue;
      goes[i] = edit.quick_xor_hash && edit.quick_xor_hash->empty();
      found = found || !goes[i];
      if (!goes[i]) hashes(members[i].value, edit);
    }
    const bool add = !found && edit.quick_xor_hash && !edit.quick_xor_hash->empty();
    splicer_.edit_object(object, members, goes, add ? "\"hashes\":{" + hash(edit) + "}" : "");
  }

  void type(Span value, const ItemEdit& edit) {
    if (!edit.media_type.empty() && text_.string_of(value) == kNoType)
      splicer_.replace(value, to_json_string(edit.media_type));
  }

  void hashes(Span object, const ItemEdit& edit) {
    if (!text_.is_object(object)) {
      if (edit.quick_xor_hash) splicer_.replace(object, "{" + hash(edit) + "}");
      return;
    }
    const Members members = text_.members(object);
    Marks goes(members.size());
    bool found = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name == "quickXorHash" && edit.quick_xor_hash) {
        found = true;
        splicer_.replace(members[i].value, to_json_string(*edit.quick_xor_hash));
      }
      goes[i] = (edit.quick_xor_hash || edit.strip_media) && is_in(kOtherHashes, members[i].name);
    }
    splicer_.edit_object(object, members, goes, edit.quick_xor_hash && !found ? hash(edit) : "");
  }

  static std::string hash(const ItemEdit& edit) {
    return "\"quickXorHash\":" + to_json_string(*edit.quick_xor_hash);
  }

  // The sizes among the columns of a list item; without an item nobody can say what they mean.
  void columns(const AnswerShape::Fields& fields) {
    ItemEdit drop;
    drop.drop_size = true;
    const ItemEdit* edit = &drop;
    if (fields.item != FoundItem::kNone)
      edit = edit_at(fields.item);
    else if (edits_.columns && fields.object.span.begin == text_.root().begin)
      edit = &*edits_.columns;
    static const ItemEdit kNothing;
    if (edit == nullptr) edit = &kNothing;
    const auto members = shape_.members(fields.object);
    Marks goes(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      goes[i] = word_of(members[i].name) == Word::kDownloadUrl;
      if (!is_field_size(members[i].name)) continue;
      goes[i] = field_size(members[i].value, *edit);
    }
    splicer_.edit_object(fields.object.span, members, goes, "");
  }

  void summary(const AnswerShape::Hit& hit) {
    const std::size_t item = shape_.item_at(hit.resource.begin);
    const ItemEdit* edit = item == FoundItem::kNone ? nullptr : edit_at(item);
    if (edit == nullptr || !edit->strip_media) return;
    const auto members = shape_.members(hit.object);
    Marks goes(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) goes[i] = members[i].name == "summary";
    splicer_.edit_object(hit.object.span, members, goes, "");
  }

  void point(Span link) {
    if (!edits_.link) return;
    const std::string url = text_.string_of(link);
    if (!url.starts_with("https://") && !url.starts_with("http://")) return;
    if (const std::string other = edits_.link(url); other != url)
      splicer_.replace(link, to_json_string(other));
  }

  const ItemEdit* edit_at(std::size_t position) const {
    return position < edits_.items.size() ? &edits_.items[position] : nullptr;
  }

  JsonText& text_;
  const AnswerShape& shape_;
  const Rewrite& edits_;
  Splicer splicer_;
  std::vector<std::pair<Span, const Unwanted*>> unwanted_;
};

}  // namespace

std::string edit_answer(std::string_view json, JsonText& text, const AnswerShape& shape,
                        const Rewrite& edits) {
  return Editor(text, shape, edits).run(json);
}

}  // namespace kerros::graph
