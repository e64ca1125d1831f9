// What a reload changes, for the audit log and for the operator who must restart.
#include "gateway/config_keys.h"

namespace kerros {
namespace {

// Calls `report` with both keys wherever the two configurations differ.
template <typename Report>
void compare(Config before, Config after, const Report& report) {
  const auto old_keys = config::keys(before);
  const auto new_keys = config::keys(after);
  for (std::size_t i = 0; i < old_keys.size(); ++i)
    if (config::render(old_keys[i].slot) != config::render(new_keys[i].slot))
      report(old_keys[i], new_keys[i]);
}

void copy(const config::Number& from, const config::Number& to) { to.set(from.get()); }
void copy(const config::Choice& from, const config::Choice& to) { to.set(from.get()); }
template <typename One>
void copy(const One& from, const One& to) {
  *to.value = *from.value;
}

}  // namespace

void config::keep_restart_values(Config running, Config& next) {
  const auto old_keys = keys(running);
  const auto new_keys = keys(next);
  for (std::size_t i = 0; i < old_keys.size(); ++i)
    if (old_keys[i].restart)
      std::visit(
          [&]<typename One>(const One& slot) { copy(slot, std::get<One>(new_keys[i].slot)); },
          old_keys[i].slot);
}

std::vector<std::string> difference(const Config& before, const Config& after) {
  std::vector<std::string> lines;
  compare(before, after, [&](const config::Key& a, const config::Key& b) {
    lines.push_back(std::string(a.name) + ": " + config::render(a.slot) + " -> " +
                    config::render(b.slot));
  });
  return lines;
}

std::vector<std::string> needs_restart(const Config& before, const Config& after) {
  std::vector<std::string> names;
  compare(before, after, [&](const config::Key& a, const config::Key&) {
    if (a.restart) names.emplace_back(a.name);
  });
  return names;
}

}  // namespace kerros
