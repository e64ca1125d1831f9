// Leaving and coming back: the recycle bin, dropped versions, copies.
#include <algorithm>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/store.h"

namespace kerros::sandbox {

namespace fs = std::filesystem;

std::uint64_t Store::next_number(const std::string& drive) { return ++numbers_[drive]; }

Item* Store::item_by_number(const std::string& drive, std::uint64_t number) {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const auto& entry) {
    return entry.second.drive == drive && entry.second.number == number;
  });
  return found == items_.end() ? nullptr : item(drive, found->first);
}

Item* Store::recycled(const std::string& drive, const std::string& id) {
  const auto found = items_.find(id);
  if (found == items_.end()) return nullptr;
  Item& item = found->second;
  return item.deleted && !item.purged && item.drive == drive ? &item : nullptr;
}

void Store::remove(Item& item) { remove_below(item, item.id); }

void Store::remove_below(Item& item, const std::string& top) {
  for (Item* below : children(item)) remove_below(*below, top);
  unindex(item);
  item.deleted = true;
  item.deleted_with = top;
  item.deleted_at = clock_.now_ms();
  persist(item);
}

void Store::restore(Item& item, const Item& parent, const std::string& name) {
  item.parent = parent.id;
  item.name = name;
  std::vector<Item*> back;
  for (auto& [id, other] : items_) {
    if (other.deleted && other.deleted_with == item.id && !other.purged) back.push_back(&other);
  }
  for (Item* each : back) {
    each->deleted = false;
    each->deleted_with.clear();
    each->deleted_at = 0;
    index(*each);
    touch(*each);
  }
}

void Store::purge(Item& item) {
  if (!item.deleted) remove(item);
  const std::string top = item.id;
  for (auto& [id, other] : items_) {
    if (!other.deleted || other.deleted_with != top || other.purged) continue;
    for (const Version& version : other.versions) {
      std::error_code ignored;
      fs::remove(blob(version), ignored);
    }
    other.versions.clear();
    other.purged = true;
    persist(other);
  }
}

void Store::drop_version(Item& item, std::size_t index) {
  std::error_code ignored;
  fs::remove(blob(item.versions[index]), ignored);
  const bool current = index + 1 == item.versions.size();
  item.versions.erase(item.versions.begin() + static_cast<std::ptrdiff_t>(index));
  if (current && !item.versions.empty()) {
    // The current bytes always lie under the bare id.
    fs::rename(blob(item.versions.back()), dir_ / "blobs" / item.id);
    item.versions.back().blob = item.id;
    ++item.ctag;
  }
  touch(item);
}

Item& Store::copy(Item& item, const Item& parent, const std::string& name, bool all_versions,
                  const std::string& by) {
  const std::vector<Item*> below = children(item);  // before the copy may become one of them
  Item& made = create(parent, name, item.folder, by);
  made.given_created = item.given_created;
  for (std::size_t i = 0; i < item.versions.size(); ++i) {
    const Version version = item.versions[i];
    if (!all_versions && i + 1 != item.versions.size()) continue;
    const fs::path bytes = incoming("copy-" + random_guid());
    fs::copy_file(blob(version), bytes);
    add_version(made, {bytes, version.size, version.hash}, by);
  }
  made.given_modified = item.given_modified;
  for (Item* each : below) copy(*each, made, each->name, all_versions, by);
  return made;
}

}  // namespace kerros::sandbox
