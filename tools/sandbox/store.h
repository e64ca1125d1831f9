// Users, drives, items and sessions, with their bytes as plain files.
//
// The current bytes of an item are DIR/blobs/<item id>, older versions DIR/blobs/<item id>.v<n>,
// the bytes of an open session DIR/incoming/<guid>.
// Thread safety: take lock() first and hold it over every call and every use of what is returned.
// Lifetime: pointers hold until the lock is given back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/clock.h"
#include "tools/sandbox/journal.h"
#include "tools/sandbox/model.h"

namespace kerros::sandbox {

// Bytes that have arrived whole and wait for their item.
struct Arrived {
  std::filesystem::path file;
  std::uint64_t size = 0;
  std::string hash;
};

class Store {
 public:
  Store(std::filesystem::path dir, const std::vector<std::string>& users, const Clock& clock);

  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

  const User* user_by_upn(std::string_view upn) const;
  const User* user_by_oid(std::string_view oid) const;
  const std::vector<User>& users() const { return users_; }
  const std::map<std::string, Drive>& drives() const { return drives_; }
  const Drive* drive(const std::string& id) const;
  const Drive& shared_drive() const { return drives_.at(shared_drive_); }

  Item* item(const std::string& drive, const std::string& id);  // nullptr when absent or deleted
  Item* item_by_guid(std::string_view guid);
  Item* item_by_number(const std::string& drive, std::uint64_t number);
  Item* recycled(const std::string& drive, const std::string& id);  // in the recycle bin
  Item* child(const Item& parent, std::string_view name);
  std::vector<Item*> children(const Item& parent);  // by name
  std::vector<Item*> changes_since(const std::string& drive, std::uint64_t change);
  const std::map<std::string, Item>& items() const { return items_; }
  std::uint64_t last_change() const { return change_; }
  std::uint64_t size_of(const Item& item);  // of a folder: the sum below it
  std::string path_of(const Item& item);    // decoded, "/A/b.txt"; "/" for the root

  Item& create(const Item& parent, std::string name, bool folder, const std::string& by,
               std::string id = {});
  void add_version(Item& item, const Arrived& bytes, const std::string& by);
  void relocate(Item& item, const Item& parent, const std::string& name);
  void touch(Item& item);    // metadata changed: eTag moves
  void persist(Item& item);  // as it is now
  void remove(Item& item);   // with everything below, into the recycle bin
  void restore(Item& item, const Item& parent, const std::string& name);  // and what went with it
  void purge(Item& item);                                                 // the same, for good
  void drop_version(Item& item, std::size_t index);
  // The whole tree under new ids; of files the current version, or all.
  Item& copy(Item& item, const Item& parent, const std::string& name, bool all_versions,
             const std::string& by);
  void enrich(Item& item);   // the service alters what it stores
  void refresh(Item& item);  // size and hash of the current version from its bytes as they are

  std::filesystem::path blob(const Version& version) const { return dir_ / "blobs" / version.blob; }
  // A name for bytes on their way in.
  std::filesystem::path incoming(std::string_view name) const { return dir_ / "incoming" / name; }

  const std::map<std::string, UploadSession, std::less<>>& sessions() const { return sessions_; }
  UploadSession& open_session(UploadSession session);
  UploadSession* session(std::string_view guid);
  UploadSession* session_on(const std::string& parent, std::string_view name);
  void persist(const UploadSession& session);
  void close_session(const std::string& guid);  // its bytes too, unless they were moved away

 private:
  void found_drives(const std::vector<std::string>& users);
  void add_drive(Drive drive);
  void replay();
  void index(const Item& item);
  void unindex(const Item& item);
  void settle(Item& item);  // what was to happen by itself by now
  void remove_below(Item& item, const std::string& top);
  std::uint64_t next_number(const std::string& drive);

  std::filesystem::path dir_;
  const Clock& clock_;
  std::mutex mutex_;
  Journal journal_;
  std::vector<User> users_;
  std::map<std::string, Drive> drives_;
  std::string shared_drive_;
  std::map<std::string, Item> items_;
  std::map<std::pair<std::string, std::string>, std::string> by_name_;  // parent, folded -> id
  std::map<std::string, UploadSession, std::less<>> sessions_;
  std::map<std::string, std::uint64_t> numbers_;  // the last one given, by drive
  std::uint64_t change_ = 0;
};

}  // namespace kerros::sandbox
