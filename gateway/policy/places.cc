#include "gateway/policy/places.h"

#include <algorithm>
#include <string>

#include "gateway/policy/expected_item.h"
#include "gateway/policy/fold.h"

namespace kerros::policy {

namespace {

std::string path_in(std::string_view folder, std::string_view name) {
  return std::string(folder == "/" ? "" : folder) + "/" + std::string(name);
}

bool is_at(const Place& named, const Place& recorded) {
  if (!named.drive_id.empty() && named.drive_id != recorded.drive_id) return false;
  if (!named.item_id.empty()) return named.item_id == recorded.item_id;
  return !recorded.path.empty() && fold(recorded.path) == fold(named.path);
}

}  // namespace

bool spells_id(const graph::ItemAddress& item) {
  return !item.by_path() && !item.item_id.empty() && item.item_id != "root" &&
         item.item_id.find(':') == std::string::npos;
}

Place addressed(const graph::ItemAddress& item, Place decided) {
  const bool spelled = spells_id(item);
  decided.item_id = spelled ? item.item_id : "";
  if (!item.drive_id.empty() && spelled) decided.drive_id = item.drive_id;
  return decided;
}

bool is_addressed(std::span<const Place> named, const Place& recorded) {
  return std::ranges::any_of(named, [&](const Place& one) { return is_at(one, recorded); });
}

std::vector<Place> ends_of(const Place& address, std::string_view name) {
  std::vector<Place> ends{address};
  if (name.empty() || address.path.empty() || name_of(address.path) == name) return ends;
  for (const std::string_view folder : {parent_of(address.path), std::string_view(address.path)})
    ends.push_back({address.drive_id, "", path_in(folder, name)});
  return ends;
}

std::vector<Place> ends_of(const Place& address, std::string_view name, const Kept& session) {
  std::vector<Place> ends{address, session.place};
  const auto add = [&](const std::string& drive, std::string_view folder) {
    for (const std::string_view one :
         {name, name_of(address.path), name_of(session.place.path), session.name})
      if (!one.empty()) ends.push_back({drive, "", path_in(folder, one)});
  };
  if (!address.path.empty()) {
    add(address.drive_id, address.path);
    add(address.drive_id, parent_of(address.path));
  }
  if (!session.place.path.empty()) add(session.place.drive_id, parent_of(session.place.path));
  return ends;
}

bool may_be_protected(const Rules& rules, const Place& place) {
  return !can_decide(rules, place) || match(rules, place) != nullptr;
}

Place deciding_end(const Rules& rules, const Place& address, std::string_view name) {
  for (Place& end : ends_of(address, name))
    if (match(rules, end)) return std::move(end);
  return address;
}

}  // namespace kerros::policy
