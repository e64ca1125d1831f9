#include "gateway/graph/rewrite_item.h"

#include <algorithm>
#include <array>

#include "gateway/graph/json_text.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kDownloadUrls{"@microsoft.graph.downloadUrl",
                                                        "@content.downloadUrl"};
constexpr std::array<std::string_view, 6> kFacets{"file",       "folder",        "package",
                                                  "remoteItem", "specialFolder", "deleted"};
constexpr std::array<std::string_view, 6> kMedia{"image", "photo",    "audio",
                                                 "video", "location", "thumbnails"};
constexpr std::array<std::string_view, 3> kOtherHashes{"sha1Hash", "sha256Hash", "crc32Hash"};
constexpr std::array<std::string_view, 9> kLinks{
    "nextLink", "deltaLink",      "context",       "id",           "editLink",
    "readLink", "navigationLink", "mediaReadLink", "mediaEditLink"};

struct ItemSpans {
  Span object;
  Members members;
};

struct Scan {
  std::vector<ItemSpans> items;
  std::vector<Span> links;  // string values
};

bool is_in(Names names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_item(const JsonText& text, std::span<const Member> members) {
  return std::ranges::any_of(members, [&](const Member& member) {
    if (is_in(kDownloadUrls, member.name)) return true;
    if (member.name == "size") return text.integer_of(member.value).has_value();
    return is_in(kFacets, member.name) && text.is_object(member.value);
  });
}

// "@odata.nextLink", "children@odata.nextLink", and the short "@nextLink" of newer OData.
bool is_link(const JsonText& text, const Member& member) {
  const std::size_t sign = member.name.rfind('@');
  if (sign == std::string_view::npos || !text.is_string(member.value)) return false;
  std::string_view word = member.name.substr(sign + 1);
  if (word.starts_with("odata.")) word.remove_prefix(6);
  return is_in(kLinks, word);
}

Scan scan(JsonText& text) {
  Scan found;
  text.for_each_object([&](Span object, std::span<const Member> members) {
    for (const Member& member : members)
      if (is_link(text, member)) found.links.push_back(member.value);
    if (is_item(text, members))
      found.items.push_back({object, Members(members.begin(), members.end())});
  });
  std::ranges::sort(found.items, {}, [](const ItemSpans& item) { return item.object.begin; });
  return found;
}

// SharePoint percent-encodes this path and others do not: what holds an octet that an encoded path
// cannot hold, or a % that begins no triplet, is taken as it is.
std::string decode_path(std::string path) {
  auto decoded = decode_percent(path, Plus::kLiteral);
  return decoded ? std::move(decoded->text) : std::move(path);
}

std::string text_at(const JsonText& text, std::span<const Member> members, std::string_view name) {
  const Member* member = last_member(members, name);
  return member == nullptr ? std::string() : text.string_of(member->value);
}

FoundItem describe(JsonText& text, const ItemSpans& item) {
  const Members& members = item.members;
  const auto has_object = [&](std::string_view name) {
    const Member* member = last_member(members, name);
    return member != nullptr && text.is_object(member->value);
  };
  FoundItem found;
  found.item_id = text_at(text, members, "id");
  found.ctag = text_at(text, members, "cTag");
  found.etag = text_at(text, members, "eTag");
  found.name = text_at(text, members, "name");
  found.is_folder = has_object("folder") || has_object("package");
  found.is_root = has_object("root");
  found.deleted = has_object("deleted");
  found.is_answer = item.object.begin == text.root().begin;
  if (const Member* size = last_member(members, "size")) found.size = text.integer_of(size->value);
  for (const std::string_view name : kDownloadUrls)
    if (found.download_url.empty()) found.download_url = text_at(text, members, name);
  if (const Member* parent = last_member(members, "parentReference")) {
    const Members reference = text.members(parent->value);
    found.drive_id = text_at(text, reference, "driveId");
    found.parent_path = decode_path(text_at(text, reference, "path"));
  }
  if (const Member* file = last_member(members, "file")) {
    const Members facet = text.members(file->value);
    if (const Member* hashes = last_member(facet, "hashes"))
      found.quick_xor_hash = text_at(text, text.members(hashes->value), "quickXorHash");
  }
  return found;
}

// Applies one ItemEdit to one item.
class ItemEditor {
 public:
  ItemEditor(JsonText& text, Splicer& splicer, const ItemEdit& edit,
             std::span<const std::string> remove)
      : text_(text), splicer_(splicer), edit_(edit), remove_(remove) {}

  void item(const ItemSpans& item) {
    std::vector<bool> removed(item.members.size());
    for (std::size_t i = 0; i < item.members.size(); ++i) {
      const Member& member = item.members[i];
      removed[i] = is_unwanted(member.name);
      if (!removed[i]) value(member);
    }
    splicer_.edit_object(item.object, item.members, removed, "");
  }

 private:
  bool is_unwanted(std::string_view name) const {
    if (std::ranges::find(remove_, name) != remove_.end()) return true;
    if (is_in(kDownloadUrls, name)) return edit_.download_url && edit_.download_url->empty();
    return edit_.strip_media && is_in(kMedia, name.substr(0, name.find('@')));
  }

  void value(const Member& member) {
    if (member.name == "size" && edit_.size) {
      const std::string digits = std::to_string(*edit_.size);
      splicer_.replace(member.value, text_.is_string(member.value) ? '"' + digits + '"' : digits);
    } else if (member.name == "file" && text_.is_object(member.value)) {
      file(member.value);
    } else if (edit_.download_url && is_in(kDownloadUrls, member.name)) {
      splicer_.replace(member.value, to_json_string(*edit_.download_url));
    }
  }

  void file(Span object) {
    const Members members = text_.members(object);
    std::vector<bool> removed(members.size());
    bool found = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name != "hashes") continue;
      removed[i] = edit_.quick_xor_hash && edit_.quick_xor_hash->empty();
      found = found || !removed[i];
      if (!removed[i]) hashes(members[i].value);
    }
    const bool add = !found && edit_.quick_xor_hash && !edit_.quick_xor_hash->empty();
    splicer_.edit_object(object, members, removed, add ? "\"hashes\":{" + hash() + "}" : "");
  }

  void hashes(Span object) {
    if (!text_.is_object(object)) {
      if (edit_.quick_xor_hash) splicer_.replace(object, "{" + hash() + "}");
      return;
    }
    const Members members = text_.members(object);
    std::vector<bool> removed(members.size());
    bool found = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name == "quickXorHash" && edit_.quick_xor_hash) {
        found = true;
        splicer_.replace(members[i].value, to_json_string(*edit_.quick_xor_hash));
      }
      removed[i] =
          (edit_.quick_xor_hash || edit_.strip_media) && is_in(kOtherHashes, members[i].name);
    }
    splicer_.edit_object(object, members, removed, edit_.quick_xor_hash && !found ? hash() : "");
  }

  std::string hash() const { return "\"quickXorHash\":" + to_json_string(*edit_.quick_xor_hash); }

  JsonText& text_;
  Splicer& splicer_;
  const ItemEdit& edit_;
  std::span<const std::string> remove_;
};

}  // namespace

std::string FoundItem::place() const {
  if (is_root) return "/";
  constexpr std::string_view kRoot = "root:";
  const std::size_t root = parent_path.find(kRoot);
  if (root == std::string::npos || name.empty()) return {};
  return parent_path.substr(root + kRoot.size()) + "/" + name;
}

Result<std::vector<FoundItem>> find_items(std::string_view json) {
  auto text = JsonText::parse(json);
  if (!text) return tl::unexpected(text.error());
  std::vector<FoundItem> out;
  for (const ItemSpans& item : scan(*text).items) out.push_back(describe(*text, item));
  return out;
}

Result<std::string> rewrite(std::string_view json, const Rewrite& edits) {
  auto text = JsonText::parse(json);
  if (!text) return tl::unexpected(text.error());
  const Scan found = scan(*text);
  Splicer splicer;
  std::size_t outer_end = 0;
  for (std::size_t i = 0; i < std::min(found.items.size(), edits.items.size()); ++i) {
    const bool nested = found.items[i].object.begin < outer_end;
    if (!nested) outer_end = found.items[i].object.end;
    const auto remove = nested ? std::span<const std::string>() : std::span(edits.remove);
    ItemEditor(*text, splicer, edits.items[i], remove).item(found.items[i]);
  }
  for (const Span link : found.links) {
    const std::string url = text->string_of(link);
    if (!edits.link || !(url.starts_with("https://") || url.starts_with("http://"))) continue;
    if (std::string other = edits.link(url); other != url)
      splicer.replace(link, to_json_string(other));
  }
  return splicer.apply(json);
}

}  // namespace kerros::graph
