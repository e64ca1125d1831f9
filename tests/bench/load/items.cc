#include "tests/bench/load/items.h"

#include <fmt/format.h>

#include <utility>

namespace kerros::bench {

std::string_view Item::name() const { return std::string_view(path).substr(path.rfind('/') + 1); }

std::string_view Item::folder() const { return std::string_view(path).substr(0, path.rfind('/')); }

bool is_kept(std::string_view path) { return path.find("/kept") != std::string_view::npos; }

bool is_folder(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
}

const Item& Items::put(std::string path, const crypto::QuickXor& hash,
                       std::shared_ptr<const Body> body) {
  const auto [at, made] = by_path_.try_emplace(path);
  Item& item = at->second;
  if (made) {
    item.id = fmt::format("01KERROSBENCH{:021}", ++last_id_);
    item.path = std::move(path);
    path_of_id_[item.id] = item.path;
  } else {
    ++item.version;
  }
  item.size = hash.length();
  item.hash = to_base64(hash.digest());
  item.body = std::move(body);
  if (item.body) listings_.clear();
  if (made && !item.body) dropped_.push_back(item.path);
  forget_oldest();
  return item;
}

void Items::forget_oldest() {
  while (dropped_.size() > kRemembered) {
    const Item* item = by_path(dropped_.front());
    if (item != nullptr && !item->body) erase(dropped_.front());
    dropped_.pop_front();
  }
}

const Item* Items::by_path(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

const Item* Items::by_id(std::string_view id) const {
  const auto found = path_of_id_.find(std::string(id));
  return found == path_of_id_.end() ? nullptr : by_path(found->second);
}

bool Items::erase(std::string_view path) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return false;
  if (found->second.body) listings_.clear();
  path_of_id_.erase(found->second.id);
  by_path_.erase(found);
  return true;
}

bool Items::move(std::string_view from, std::string to) {
  const auto found = by_path_.find(from);
  if (found == by_path_.end()) return false;
  auto node = by_path_.extract(found);
  erase(to);
  listings_.clear();
  node.key() = to;
  node.mapped().path = to;
  path_of_id_[node.mapped().id] = std::move(to);
  by_path_.insert(std::move(node));
  return true;
}

const std::string& Items::listing(const std::string& folder, Write write) {
  const auto [at, made] = listings_.try_emplace(folder);
  if (made)
    for (auto one = by_path_.lower_bound(folder + "/");
         one != by_path_.end() && one->first.starts_with(folder + "/"); ++one)
      if (one->second.body && one->second.folder() == folder) write(at->second, one->second);
  return at->second;
}

}  // namespace kerros::bench
