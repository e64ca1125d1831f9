#include "gateway/io/road/batch.h"

#include "crypto/secret.h"
#include "gateway/graph/batch.h"
#include "gateway/io/exchange/request_log.h"
#include "gateway/io/road/road.h"
#include "gateway/io/wire/inner_client.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxBatchJson = 4u << 20;  // what Graph takes

struct Answer {
  graph::ResponseHead head;
  std::string body;
};

// A body that may hold a file's plaintext: no copy of it stays behind.
class WipedBody {
 public:
  explicit WipedBody(std::size_t size) : bytes_(size) {}
  WipedBody(const WipedBody&) = delete;
  WipedBody& operator=(const WipedBody&) = delete;
  ~WipedBody() { crypto::wipe(bytes_); }

  MutableByteView space() { return MutableByteView(bytes_).subspan(size_); }
  void filled(std::size_t size) { size_ += size; }
  void make_room() {
    Bytes larger(bytes_.size() * 2);
    std::ranges::copy(bytes_, larger.begin());
    crypto::wipe(bytes_);
    bytes_.swap(larger);
  }
  std::size_t size() const { return size_; }
  std::string_view text() const { return as_text(ByteView(bytes_).first(size_)); }

 private:
  Bytes bytes_;
  std::size_t size_ = 0;
};

net::awaitable<void> read_whole(Exchange& x, WipedBody& body) {
  for (;;) {
    if (body.space().empty()) body.make_room();
    const std::size_t got = co_await x.client.read_body(body.space());
    if (got == 0) break;
    body.filled(got);
    if (body.size() > kMaxBatchJson)
      throw Refused{graph::Refusal::kTooLarge, "", "batch over 4 MiB"};
  }
}

// What stands before the paths in it: "v1.0", or "sites/x/_api/v2.0".
std::string tree_of(const Exchange& x) {
  const std::string& path = x.route.target.raw_path;
  return path.substr(1, path.rfind('/', path.size() - 2) - 1);
}

graph::Batch read_parts(const Exchange& x, const WipedBody& body) {
  const std::array<std::string_view, 2> hosts{x.front.public_host, x.front.upstream_host};
  const std::string tree = tree_of(x);
  auto batch =
      graph::read_batch(body.text(), {tree, hosts, x.head.fields, x.config().limits.head_bytes});
  if (!batch)
    throw Refused{graph::Refusal::kBatchMalformed, batch.error().detail, batch.error().detail};
  return *std::move(batch);
}

Answer refused_answer(graph::Refusal refusal, const std::string& request_id) {
  auto told = graph::error_answer(refusal, request_id);
  Answer answer{{told.status, {}}, std::move(told.body)};
  answer.head.fields.add("Content-Type", "application/json");
  answer.head.fields.add("request-id", request_id);
  return answer;
}

net::awaitable<Answer> run(Exchange& x, graph::BatchPart& part, std::size_t& room) {
  InnerClient client(x.client.peer(), part.body, room);
  Exchange inner(x.worker, client, x.front, x.callers, x.now);
  inner.outer = &x;
  inner.head = std::move(part.head);
  inner.request_id = new_request_id();
  inner.started_ms = now_ms();
  ++x.worker.shared.counters.requests;
  try {
    co_await serve(inner);
  } catch (const boost::system::system_error& error) {  // the answer could not be ended
    client.abort();
    inner.refusal_detail = error.what();
  }
  log_request(inner);
  crypto::wipe(part.body);
  if (client.whole()) co_return Answer{client.head(), client.take_body()};
  co_return refused_answer(client.ran_out_of_room() ? graph::Refusal::kAnswerTooLarge
                                                    : graph::Refusal::kUpstreamUnreachable,
                           inner.request_id);
}

bool may_run(const graph::BatchPart& part, std::span<const Answer> answers) {
  return std::ranges::all_of(part.depends_on,
                             [&](std::size_t at) { return answers[at].head.status < 400; });
}

}  // namespace

net::awaitable<void> run_batch(Exchange& x) {
  x.decision = "rewrite";
  const auto framing = x.client.framing();
  if (framing.length > kMaxBatchJson)
    throw Refused{graph::Refusal::kTooLarge, "", "batch over 4 MiB"};
  co_await send_continue(x);
  WipedBody body(framing.length > 0 ? static_cast<std::size_t>(framing.length) : 16384);
  co_await read_whole(x, body);
  graph::Batch batch = read_parts(x, body);
  std::size_t room = x.config().limits.json_bytes;
  std::vector<Answer> answers;
  for (graph::BatchPart& part : batch.parts) {
    if (may_run(part, answers))
      answers.push_back(co_await run(x, part, room));
    else
      answers.push_back(refused_answer(graph::Refusal::kDependencyFailed, x.request_id));
  }
  std::vector<graph::BatchAnswer> told;
  for (std::size_t i = 0; i < answers.size(); ++i)
    told.push_back({batch.parts[i].id, answers[i].head, answers[i].body});
  graph::Fields fields;
  fields.add("Content-Type", "application/json");
  fields.add("request-id", x.request_id);
  co_await reply(x, 200, std::move(fields), graph::write_batch_answer(told));
}

}  // namespace kerros::io
