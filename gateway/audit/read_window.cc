#include "gateway/audit/read_window.h"

#include <algorithm>

#include "crypto/check.h"

namespace kerros::audit {
namespace {

// Adds a range to sorted, disjoint ones; touching ones become one. False when there is no room.
bool add_range(std::vector<ReadRange>& ranges, ReadRange added, std::size_t limit) {
  const auto first = std::lower_bound(
      ranges.begin(), ranges.end(), added,
      [](const ReadRange& have, const ReadRange& want) { return have.end < want.begin; });
  auto last = first;
  for (; last != ranges.end() && last->begin <= added.end; ++last) {
    added.begin = std::min(added.begin, last->begin);
    added.end = std::max(added.end, last->end);
  }
  if (first == last && ranges.size() >= limit) return false;
  ranges.insert(ranges.erase(first, last), added);
  return true;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> details_of(const ClosedRead& closed) {
  std::string list;
  for (const ReadRange& range : closed.ranges) {
    if (!list.empty()) list += ",";
    list += std::to_string(range.begin) + "-" + std::to_string(range.end - 1);
  }
  if (!closed.all_listed) list += ",...";
  return {{"bytes", std::to_string(closed.bytes)},
          {"reads", std::to_string(closed.reads)},
          {"ranges", list.empty() ? "none" : list}};
}

Result<ReadWindows::Admitted> ReadWindows::begin(const ReadKey& key, std::uint64_t now_ms) {
  if (const auto found = current_.find(key); found != current_.end()) {
    Window& window = windows_.at(found->second);
    if (!is_over(window, now_ms)) {
      ++window.readers;
      ++window.seen.reads;
      return Admitted{window.durable ? Admission::kCovered : Admission::kWait, found->second,
                      window.seen.intent};
    }
  }
  if (windows_.size() >= limits_.windows && !make_room())
    return fail(ErrorCode::kFull, "too many reads are under way");
  Window window;
  window.seen.key = key;
  window.seen.reads = 1;
  window.began_ms = now_ms;
  window.readers = 1;
  windows_.emplace(++last_, std::move(window));
  current_[key] = last_;
  return Admitted{Admission::kWriteIntent, last_, 0};
}

void ReadWindows::intent_durable(WindowId id, std::uint64_t position) {
  const auto found = windows_.find(id);
  if (found == windows_.end()) return;  // closed by take_all()
  found->second.seen.intent = position;
  found->second.durable = true;
}

void ReadWindows::intent_failed(WindowId id) {
  const auto window = windows_.find(id);
  if (window == windows_.end()) return;
  const auto current = current_.find(window->second.seen.key);
  if (current != current_.end() && current->second == id) current_.erase(current);
  windows_.erase(window);
}

void ReadWindows::released(WindowId id, std::uint64_t offset, std::uint64_t length) {
  const auto found = windows_.find(id);
  if (found == windows_.end() || length == 0) return;  // closed under its readers by take_all()
  ClosedRead& seen = found->second.seen;
  seen.bytes += length;
  if (!add_range(seen.ranges, {offset, offset + length}, limits_.ranges)) seen.all_listed = false;
}

void ReadWindows::end(WindowId id) {
  const auto found = windows_.find(id);
  if (found == windows_.end()) return;
  KERROS_CHECK(found->second.readers > 0, "every reader ends once");
  --found->second.readers;
}

std::vector<ClosedRead> ReadWindows::take_due(std::uint64_t now_ms) {
  for (auto window = windows_.begin(); window != windows_.end();) {
    const bool due = is_idle(window->second) && is_over(window->second, now_ms);
    window = due ? close(window) : std::next(window);
  }
  return std::exchange(closed_, {});
}

std::vector<ClosedRead> ReadWindows::take_all() {
  for (auto window = windows_.begin(); window != windows_.end();) window = close(window);
  return std::exchange(closed_, {});
}

ReadWindows::Windows::iterator ReadWindows::close(Windows::iterator window) {
  const auto current = current_.find(window->second.seen.key);
  if (current != current_.end() && current->second == window->first) current_.erase(current);
  // Without a durable intent nothing was released, and there is nothing to close.
  if (window->second.durable) closed_.push_back(std::move(window->second.seen));
  return windows_.erase(window);
}

bool ReadWindows::make_room() {
  const auto idle = std::find_if(windows_.begin(), windows_.end(),
                                 [](const auto& window) { return is_idle(window.second); });
  if (idle == windows_.end()) return false;
  close(idle);
  return true;
}

// One whose intent is still being written stays: the intent must find its window, or it would have
// no outcome.
bool ReadWindows::is_idle(const Window& window) { return window.readers == 0 && window.durable; }

bool ReadWindows::is_over(const Window& window, std::uint64_t now_ms) const {
  // A clock that went back ends the window too: five minutes can no longer be told.
  return now_ms < window.began_ms ||
         now_ms - window.began_ms >= static_cast<std::uint64_t>(limits_.length.count());
}

}  // namespace kerros::audit
