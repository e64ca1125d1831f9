#include "tools/sandbox/store.h"

#include <algorithm>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/names.h"

namespace kerros::sandbox {

namespace fs = std::filesystem;

Store::Store(fs::path dir, const std::vector<std::string>& users, const Clock& clock)
    : dir_(std::move(dir)), clock_(clock), journal_(dir_ / "journal.jsonl") {
  fs::create_directories(dir_ / "blobs");
  fs::create_directories(dir_ / "incoming");
  replay();
  found_drives(users);
}

void Store::replay() {
  journal_.replay([&](const nlohmann::json& line) {
    if (line.contains("item")) {
      Item item = item_from_json(line["item"]);
      change_ = std::max(change_, item.change);
      numbers_[item.drive] = std::max(numbers_[item.drive], item.number);
      items_.insert_or_assign(item.id, std::move(item));
    } else if (line.contains("session")) {
      UploadSession session = session_from_json(line["session"]);
      sessions_.insert_or_assign(session.guid, std::move(session));
    } else if (line.contains("closed")) {
      sessions_.erase(line["closed"].get<std::string>());
    }
  });
  std::vector<nlohmann::json> lines;
  for (const auto& [id, item] : items_) {
    if (!item.deleted) index(item);
    lines.push_back({{"item", to_json(item)}});
  }
  for (auto& [guid, session] : sessions_) {
    std::error_code ignored;
    fs::resize_file(incoming(guid), session.received, ignored);
    session.hash = quickxor_file(incoming(guid));
    lines.push_back({{"session", to_json(session)}});
  }
  journal_.rewrite(lines);
  for (const auto& left : fs::directory_iterator(dir_ / "incoming")) {
    if (!sessions_.contains(left.path().filename().string())) fs::remove(left.path());
  }
}

const User* Store::user_by_upn(std::string_view upn) const {
  const std::string folded = fold_name(upn);
  const auto found = std::find_if(users_.begin(), users_.end(),
                                  [&](const User& u) { return fold_name(u.upn) == folded; });
  return found == users_.end() ? nullptr : &*found;
}

const User* Store::user_by_oid(std::string_view oid) const {
  const auto found =
      std::find_if(users_.begin(), users_.end(), [&](const User& u) { return u.oid == oid; });
  return found == users_.end() ? nullptr : &*found;
}

const Drive* Store::drive(const std::string& id) const {
  const auto found = drives_.find(id);
  return found == drives_.end() ? nullptr : &found->second;
}

Item* Store::item(const std::string& drive, const std::string& id) {
  const auto found = items_.find(id);
  if (found == items_.end() || found->second.deleted || found->second.drive != drive) {
    return nullptr;
  }
  settle(found->second);
  return &found->second;
}

Item* Store::item_by_guid(std::string_view guid) {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const auto& entry) {
    return entry.second.guid == guid && !entry.second.deleted;
  });
  return found == items_.end() ? nullptr : item(found->second.drive, found->first);
}

Item* Store::child(const Item& parent, std::string_view name) {
  const auto found = by_name_.find({parent.id, fold_name(name)});
  return found == by_name_.end() ? nullptr : item(parent.drive, found->second);
}

std::vector<Item*> Store::children(const Item& parent) {
  std::vector<Item*> out;
  for (auto at = by_name_.lower_bound({parent.id, ""});
       at != by_name_.end() && at->first.first == parent.id; ++at) {
    out.push_back(item(parent.drive, at->second));
  }
  return out;
}

std::vector<Item*> Store::changes_since(const std::string& drive, std::uint64_t change) {
  std::vector<Item*> out;
  for (auto& [id, item] : items_) {
    if (item.drive == drive && item.change > change) out.push_back(&item);
  }
  std::sort(out.begin(), out.end(),
            [](const Item* a, const Item* b) { return a->change < b->change; });
  return out;
}

std::uint64_t Store::size_of(const Item& item) {
  if (!item.folder) return item.current().size;
  std::uint64_t sum = 0;
  for (const Item* below : children(item)) sum += size_of(*below);
  return sum;
}

std::string Store::path_of(const Item& item) {
  std::string path;
  const Item* at = &item;
  while (!at->parent.empty()) {
    path.insert(0, "/" + at->name);
    at = &items_.at(at->parent);
  }
  return path.empty() ? "/" : path;
}

Item& Store::create(const Item& parent, std::string name, bool folder, const std::string& by,
                    std::string id) {
  Item item;
  item.id = id.empty() ? random_item_id() : std::move(id);
  item.drive = parent.drive;
  item.parent = parent.id;
  item.number = next_number(parent.drive);
  item.name = std::move(name);
  item.folder = folder;
  item.guid = random_guid();
  std::transform(item.guid.begin(), item.guid.end(), item.guid.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  item.etag = item.ctag = 0;
  item.created = item.modified = clock_.now_ms();
  item.created_by = item.modified_by = by;
  Item& kept = items_.insert_or_assign(item.id, item).first->second;
  index(kept);
  if (folder) touch(kept);
  return kept;
}

void Store::add_version(Item& item, const Arrived& bytes, const std::string& by) {
  std::uint64_t label = 1;
  if (!item.versions.empty()) {
    Version& old = item.versions.back();
    label =
        std::stoull(old.label) + 1;  // versions may have been deleted: counting would repeat one
    const std::string kept = item.id + ".v" + std::to_string(label - 1);
    fs::rename(blob(old), dir_ / "blobs" / kept);
    old.blob = kept;
  }
  Version version;
  version.label = std::to_string(label) + ".0";
  version.blob = item.id;
  version.size = bytes.size;
  version.hash = bytes.hash;
  version.modified = clock_.now_ms();
  version.by = by;
  fs::rename(bytes.file, blob(version));
  item.versions.push_back(version);
  item.modified = version.modified;
  item.modified_by = by;
  item.given_modified.clear();
  ++item.ctag;
  touch(item);
}

void Store::relocate(Item& item, const Item& parent, const std::string& name) {
  unindex(item);
  item.parent = parent.id;
  item.name = name;
  index(item);
}

void Store::touch(Item& item) {
  ++item.etag;
  persist(item);
}

void Store::persist(Item& item) {
  item.change = ++change_;
  journal_.append({{"item", to_json(item)}});
}

void Store::index(const Item& item) { by_name_[{item.parent, fold_name(item.name)}] = item.id; }
void Store::unindex(const Item& item) { by_name_.erase({item.parent, fold_name(item.name)}); }

void Store::settle(Item& item) {
  if (item.drift_at != 0 && item.drift_at <= clock_.now_ms()) {
    item.drift_at = 0;
    touch(item);
  }
  if (item.enrich_later) {
    item.enrich_later = false;
    enrich(item);
  }
}

}  // namespace kerros::sandbox
