// What arrives at an uploadUrl: fragments, the question how far they got, the end of the session.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tools/sandbox/item_json.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/upload_rules.h"
#include "tools/sandbox/upload_sessions.h"

namespace kerros::sandbox {
namespace {

Refusal session_gone() {
  return {404, "itemNotFound", "The upload session was not found", "uploadSessionNotFound"};
}

UploadSession& live_session(Exchange& exchange, const std::string& guid) {
  Store& store = exchange.cloud.store;
  UploadSession* session = store.session(guid);
  if (session == nullptr) throw session_gone();
  if (exchange.switched("session.vanish")) {
    store.close_session(guid);
    throw session_gone();
  }
  return *session;
}

// Marks a session as busy for as long as a fragment is being received.
class Turn {
 public:
  Turn(Store& store, std::string guid) : store_(store), guid_(std::move(guid)) {}
  ~Turn() {
    const auto lock = store_.lock();
    if (UploadSession* session = store_.session(guid_)) session->busy = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Store& store_;
  std::string guid_;
};

class FragmentFile {
 public:
  FragmentFile(const std::filesystem::path& path, std::uint64_t offset)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)), start_(offset), at_(offset) {
    if (descriptor_ < 0) throw session_gone();
  }
  ~FragmentFile() {
    // Bytes of a fragment that failed are discarded.
    const std::uint64_t keep = kept_ ? at_ : start_;
    const int failed = ::ftruncate(descriptor_, static_cast<off_t>(keep));
    static_cast<void>(failed);
    ::close(descriptor_);
  }
  FragmentFile(const FragmentFile&) = delete;
  FragmentFile& operator=(const FragmentFile&) = delete;

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at_));
      if (n <= 0) throw Refusal(507, "quotaLimitReached", "The fragment cannot be stored");
      at_ += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void keep() { kept_ = true; }

 private:
  int descriptor_;
  std::uint64_t start_;
  std::uint64_t at_;
  bool kept_ = false;
};

struct FragmentPlan {
  ContentRange range;
  QuickXor hash;           // of everything before
  std::uint64_t keep = 0;  // bytes of it that stay; fewer when fragment.half says so
};

FragmentPlan begin_fragment(Exchange& exchange, const std::string& guid) {
  const auto lock = exchange.cloud.store.lock();
  UploadSession& session = live_session(exchange, guid);
  if (session.busy) {
    throw Refusal(409, "resourceModified", "Another fragment of this session is being received");
  }
  FragmentPlan plan;
  try {
    plan.range = check_fragment({session.received, session.total, exchange.strict()},
                                exchange.head.find("Content-Range"), exchange.head.content_length);
  } catch (const Refusal&) {
    ++exchange.cloud.counters.refused_fragments;
    throw;
  }
  plan.hash = session.hash;
  plan.keep = plan.range.last - plan.range.first + 1;
  if (exchange.switched("fragment.half")) plan.keep /= 2;
  session.busy = true;
  return plan;
}

void receive(Exchange& exchange, const std::string& guid, FragmentPlan& plan) {
  FragmentFile file(exchange.cloud.store.incoming(guid), plan.range.first);
  std::vector<char> buffer(kTransferBuffer);
  std::uint64_t left = plan.keep;
  while (const std::size_t n = exchange.body.read(buffer.data(), buffer.size())) {
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(n, left));
    plan.hash.update({buffer.data(), take});
    file.append({buffer.data(), take});
    left -= take;
  }
  file.keep();
}

Reply final_reply(Exchange& exchange, UploadSession& session) {
  if (exchange.switched("lock")) {
    throw Refusal(423, "resourceLocked", "The resource you are attempting to access is locked");
  }
  if (exchange.switched("commit.conflict")) {
    throw name_exists("An item of the same name was made meanwhile");
  }
  const Drive& drive = *exchange.cloud.store.drive(session.drive);
  const std::string name = session.name;
  const std::string conflict = session.conflict;
  const Committed done = commit_session(exchange, session, name, conflict);
  const std::string context = "https://" + tenant_authority(exchange, drive) + drive.web_path +
                              "/_api/v2.0/$metadata#items/$entity";
  Reply reply = json_reply(exchange, done.created ? 201 : 200,
                           item_json(exchange, *done.item, {Door::kTenant, context}));
  if (exchange.switched("final.empty")) reply.body.clear();
  return reply;
}

Reply finish_fragment(Exchange& exchange, const std::string& guid, const FragmentPlan& plan) {
  Store& store = exchange.cloud.store;
  const auto lock = store.lock();
  UploadSession* session = store.session(guid);
  if (session == nullptr) throw session_gone();
  session->busy = false;
  session->total = plan.range.total;
  session->hash = plan.hash;
  session->received = plan.range.first + plan.keep;
  slide_expiry(exchange, *session);
  store.persist(*session);
  if (plan.keep != plan.range.last - plan.range.first + 1) {
    throw Refusal(503, "serviceNotAvailable", "The service is temporarily unavailable");
  }
  if (session->received == plan.range.total && !session->deferred) {
    return final_reply(exchange, *session);
  }
  return json_reply(exchange, 202, session_json(exchange, *session));
}

}  // namespace

Reply session_status(Exchange& exchange, const std::string& guid) {
  const auto lock = exchange.cloud.store.lock();
  return json_reply(exchange, 200, session_json(exchange, live_session(exchange, guid)));
}

Reply session_fragment(Exchange& exchange, const std::string& guid) {
  FragmentPlan plan = begin_fragment(exchange, guid);
  const Turn turn(exchange.cloud.store, guid);
  receive(exchange, guid, plan);
  Reply reply = finish_fragment(exchange, guid, plan);
  if (exchange.switched("fragment.lost_reply")) reply.reset_instead = true;
  return reply;
}

Reply session_cancel(Exchange& exchange, const std::string& guid) {
  const auto lock = exchange.cloud.store.lock();
  live_session(exchange, guid);
  exchange.cloud.store.close_session(guid);
  Reply reply = empty_reply(204);
  add_request_ids(exchange, reply);
  return reply;
}

Reply session_commit(Exchange& exchange, const std::string& guid) {
  if (exchange.head.content_length.value_or(0) != 0) {
    throw bad_request("A commit has no body");
  }
  const auto lock = exchange.cloud.store.lock();
  UploadSession& session = live_session(exchange, guid);
  if (!session.total || session.received != *session.total) {
    throw Refusal(400, "invalidRequest", "The session is not complete", "uploadSessionIncomplete");
  }
  return final_reply(exchange, session);
}

}  // namespace kerros::sandbox
