#include "gateway/io/registry/item_edits.h"

#include <algorithm>

#include "crypto/offsets.h"
#include "gateway/graph/media_type.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/registry/sightings.h"
#include "gateway/io/registry/version_sizes.h"

namespace kerros::io {

namespace {

using graph::FoundItem;
using Records = std::vector<std::unique_ptr<keystore::ItemRecord>>;

bool is_named(const FoundItem& item) { return !item.item_id.empty() && !item.drive_id.empty(); }
bool is_version(const FoundItem& item) { return item.via == "versions"; }

// What the registry knows of the items that an answer names, in the answer's order.
Records known_records(const Exchange& x, const std::vector<FoundItem>& found) {
  std::vector<keystore::KeyStore::ItemRef> refs;
  refs.reserve(found.size());
  for (const auto& item : found) refs.push_back({item.drive_id, item.item_id});
  auto records = x.store().newest_bound(refs);
  if (!records) throw_store_error(records.error());
  return *std::move(records);
}

// Only for a caller whom upstream accepted, and for an item that is named: an URL bound to nothing
// could be used for anything. Without one the client asks /content.
std::string download_url(const Exchange& x, const FoundItem& item) {
  const bool accepted = x.proven || x.route.operation == graph::Operation::kOwnUpload;
  if (!accepted || !is_named(item) || is_version(item)) return {};
  transfer::DownloadGrant grant;
  grant.actor = x.caller.actor;
  grant.proven_ms = now_ms();
  grant.drive_id = item.drive_id;
  grant.item_id = item.item_id;
  grant.ctag = item.ctag;
  grant.upstream_url = item.download_url;
  const policy::Place place{item.drive_id, item.item_id, item.place()};
  grant.is_protected = may_be_protected(x.config().policy, place);
  grant.refuses_plain =
      policy::legacy_plain(x.config().policy, place) == policy::LegacyPlain::kRefuse;
  return x.worker.shared.urls->download_url(own_host(x, grant.upstream_url), grant, now_ms())
      .value_or("");
}

const keystore::ItemRecord* speaking(const keystore::ItemRecord* record, const FoundItem& item) {
  return record != nullptr && speaks_for(*record, item) ? record : nullptr;
}

void say_plain(const keystore::Binding& bound, const FoundItem& item, graph::ItemEdit& edit) {
  // A size of 0 is what upstream says where it does not know (sharedWithMe).
  if (item.size && *item.size != 0) edit.size = bound.plain_size;
  edit.quick_xor_hash = to_base64(bound.plain_hash);
  edit.media_type = graph::media_type_of(item.name.empty() ? bound.name : item.name);
  edit.strip_media = true;
}

// A version's own record is found by what it takes up: sizes of sealed files tell the plain ones.
void say_version(VersionSizes& versions, const FoundItem& item, const FoundItem& owner,
                 graph::ItemEdit& edit) {
  if (!item.size || !crypto::plain_size(*item.size)) return;  // never a sealed file
  edit.drop_size = true;
  if (!is_named(owner)) return;
  const auto& plain_sizes = versions.of(owner.drive_id, owner.item_id);
  edit.drop_size = !plain_sizes.empty();
  if (const auto plain = plain_sizes.find(*item.size); plain != plain_sizes.end())
    edit.size = plain->second;
}

void hide_unnamed(const FoundItem& item, graph::ItemEdit& edit) {
  if (is_named(item) || item.is_folder || item.is_root) return;
  edit.drop_size = !item.size || crypto::plain_size(*item.size);  // columns may repeat it
  edit.quick_xor_hash = "";
}

// A shortcut tells about the item it leads to.
std::vector<std::size_t> shortcut_targets(const std::vector<FoundItem>& items) {
  std::vector<std::size_t> targets(items.size(), FoundItem::kNone);
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].via == "remoteItem" && is_named(items[i])) targets[items[i].parent] = i;
  return targets;
}

}  // namespace

std::vector<graph::ItemEdit> edits_for(Exchange& x, std::vector<FoundItem>& items) {
  for (FoundItem& item : items)
    if (item.drive_id.empty() && item.via != "remoteItem" && !is_version(item))
      item.drive_id = x.route.target.item.drive_id;
  Records records = known_records(x, items);
  const auto targets = shortcut_targets(items);
  std::vector<graph::ItemEdit> edits(items.size());
  VersionSizes versions([&](const std::string& drive_id, const std::string& item_id) {
    auto known = x.store().versions(drive_id, item_id);
    if (!known) throw_store_error(known.error());
    return *std::move(known);
  });
  for (std::size_t i = 0; i < items.size(); ++i) {
    const FoundItem& item = items[i];
    const bool shortcut = records[i] == nullptr && targets[i] != FoundItem::kNone;
    auto& known = records[shortcut ? targets[i] : i];
    if (!item.download_url.empty()) edits[i].download_url = download_url(x, item);
    if (is_version(item))
      say_version(versions, item, items[item.parent], edits[i]);
    else if (const auto* record = shortcut ? speaking(known.get(), item) : sight(x, item, known))
      say_plain(record->binding, item, edits[i]);
    else if (!shortcut)
      hide_unnamed(item, edits[i]);
  }
  return edits;
}

}  // namespace kerros::io
