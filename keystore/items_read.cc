// Reading records: one, the versions of an item, the newest of many items, all of them by and by.
#include <map>

#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {

Result<Items::Loaded> Items::load(Txn& txn, const Id& key) const {
  auto stored = txn.get(env_->db(kRecords), key);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return fail(ErrorCode::kNotFound, "there is no item record " + to_hex(key));
  auto record = decode_item(keys_, key, **stored);
  if (!record) return tl::unexpected(record.error());
  return Loaded{std::move(*record), Bytes((*stored)->begin(), (*stored)->end())};
}

Result<std::vector<Id>> Items::version_ids(Txn& txn, std::string_view drive_id,
                                           std::string_view item_id) const {
  return ids_under(txn, index_hash(keys_, drive_id, item_id));
}

Result<std::vector<Id>> Items::ids_under(Txn& txn, const IndexHash& hash) const {
  Id last{};
  last.fill(0xff);
  std::vector<Id> ids;
  const auto collect = [&](ByteView key, ByteView) {
    if (key.size() != sizeof(IndexKey) || !std::equal(hash.begin(), hash.end(), key.begin()))
      return false;
    ids.push_back(id_of(key.subspan(kIndexHashSize)));
    return true;
  };
  if (auto ok = txn.walk_down(env_->db(kIndex), index_key(hash, last), collect); !ok)
    return tl::unexpected(ok.error());
  return ids;
}

Result<ItemRecord> Items::find(const Id& key) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  return load(**txn, key).map([](Loaded loaded) { return std::move(loaded.record); });
}

Result<std::vector<ItemRecord>> Items::versions(std::string_view drive_id,
                                                std::string_view item_id) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  auto ids = version_ids(**txn, drive_id, item_id);
  if (!ids) return tl::unexpected(ids.error());
  std::vector<ItemRecord> records;
  for (const Id& id : *ids) {
    auto loaded = load(**txn, id);
    if (!loaded) return tl::unexpected(loaded.error());
    records.push_back(std::move(loaded->record));
  }
  return records;
}

Result<std::vector<std::unique_ptr<ItemRecord>>> Items::newest_bound(
    std::span<const KeyStore::ItemRef> items) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::vector<std::unique_ptr<ItemRecord>> found(items.size());
  // An answer may name one item very often; it is read once.
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> first;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [at, is_new] = first.try_emplace({items[i].drive_id, items[i].item_id}, i);
    if (!is_new) {
      if (const auto& same = found[at->second]) found[i] = std::make_unique<ItemRecord>(*same);
      continue;
    }
    auto ids = version_ids(**txn, items[i].drive_id, items[i].item_id);
    if (!ids) return tl::unexpected(ids.error());
    for (const Id& id : *ids) {
      auto loaded = load(**txn, id);
      if (!loaded) return tl::unexpected(loaded.error());
      if (!is_current(loaded->record.state)) continue;
      found[i] = std::make_unique<ItemRecord>(std::move(loaded->record));
      break;
    }
  }
  return found;
}

Result<std::vector<ItemRecord>> Items::scan(const Id& after, std::size_t limit,
                                            const ScanFilter& filter) const {
  constexpr std::size_t kPerTxn = 256;  // a long reader would keep freed pages from being used
  std::vector<ItemRecord> records;
  Status failed;
  Id last = after;
  bool more = true;
  while (more && failed && records.size() < limit) {
    auto txn = ReadTxn::begin(*env_);
    if (!txn) return tl::unexpected(txn.error());
    std::size_t seen = 0;
    more = false;
    const auto visit = [&](ByteView key, ByteView stored) {
      if (id_of(key) == last) return true;
      if (records.size() == limit) return false;
      if (++seen > kPerTxn) {
        more = true;
        return false;
      }
      last = id_of(key);
      auto record = decode_item(keys_, key, stored);
      if (!record) {
        failed = tl::unexpected(record.error());
        return false;
      }
      const bool wanted =
          (filter.drive_id.empty() || filter.drive_id == record->binding.drive_id) &&
          (filter.item_id.empty() || filter.item_id == record->binding.item_id) &&
          (filter.all_states || is_current(record->state));
      if (wanted) records.push_back(std::move(*record));
      return true;
    };
    if (auto ok = (*txn)->walk(env_->db(kRecords), last, visit); !ok)
      return tl::unexpected(ok.error());
  }
  if (!failed) return tl::unexpected(failed.error());
  return records;
}

}  // namespace kerros::keystore
