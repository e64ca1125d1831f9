#include "gateway/io/exchange/addressed.h"

#include <algorithm>

#include "gateway/policy/expected_item.h"
#include "gateway/policy/fold.h"

namespace kerros::io {

namespace {

std::string place_of(const keystore::Binding& record) {
  graph::FoundItem item;
  item.name = record.name;
  item.parent_path = record.path;
  return item.place();
}

bool is_at(const policy::Place& named, const keystore::Binding& record) {
  if (!named.drive_id.empty() && named.drive_id != record.drive_id) return false;
  if (!named.item_id.empty()) return named.item_id == record.item_id;
  const std::string known = place_of(record);
  return !known.empty() && policy::fold(known) == policy::fold(named.path);
}

}  // namespace

policy::Place addressed(const Exchange& x, policy::Place decided) {
  const graph::ItemAddress& item = x.route.target.item;
  // "root", "special:..." and "nav:..." are no ids: upstream says what they lead to.
  const bool spelled = !item.by_path() && !item.item_id.empty() && item.item_id != "root" &&
                       item.item_id.find(':') == std::string::npos;
  decided.item_id = spelled ? item.item_id : "";
  if (!item.drive_id.empty() && spelled) decided.drive_id = item.drive_id;
  return decided;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

std::vector<policy::Place> readings(const policy::Place& address, std::string_view name) {
  std::vector<policy::Place> places{address};
  if (name.empty() || address.path.empty() || policy::name_of(address.path) == name) return places;
  const std::string inside = address.path == "/" ? "" : address.path;
  for (const std::string_view folder : {folder_of(address.path), std::string_view(inside)})
    places.push_back({address.drive_id, "", std::string(folder) + "/" + std::string(name)});
  return places;
}

bool is_addressed(std::span<const policy::Place> named, const keystore::Binding& record) {
  return std::ranges::any_of(named, [&](const policy::Place& one) { return is_at(one, record); });
}

void require_name(std::string_view name) {
  if (name.find_first_of("/\\") != std::string_view::npos)
    throw Refused{graph::Refusal::kMalformedRequest, "", "a name that is a path"};
}

}  // namespace kerros::io
