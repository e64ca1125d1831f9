// The upload sessions of the store: open, found again, closed.
#include <fstream>

#include "tools/sandbox/names.h"
#include "tools/sandbox/store.h"

namespace kerros::sandbox {

namespace fs = std::filesystem;

UploadSession& Store::open_session(UploadSession session) {
  std::ofstream(incoming(session.guid)).flush();
  UploadSession& kept = sessions_.insert_or_assign(session.guid, std::move(session)).first->second;
  persist(kept);
  return kept;
}

UploadSession* Store::session(std::string_view guid) {
  const auto found = sessions_.find(guid);
  if (found == sessions_.end()) return nullptr;
  if (found->second.expires < clock_.now_ms() && !found->second.busy) {
    close_session(found->first);
    return nullptr;
  }
  return &found->second;
}

UploadSession* Store::session_on(const std::string& parent, std::string_view name) {
  const std::string folded = fold_name(name);
  for (auto& [guid, session] : sessions_) {
    if (session.parent == parent && fold_name(session.name) == folded) {
      return this->session(std::string(guid));
    }
  }
  return nullptr;
}

void Store::persist(const UploadSession& session) {
  journal_.append({{"session", to_json(session)}});
}

void Store::close_session(const std::string& guid) {
  const std::string name = guid;  // the argument may live in what is erased
  std::error_code ignored;
  fs::remove(incoming(name), ignored);
  sessions_.erase(name);
  journal_.append({{"closed", name}});
}

}  // namespace kerros::sandbox
