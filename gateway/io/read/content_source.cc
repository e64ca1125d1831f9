#include "gateway/io/read/content_source.h"

namespace kerros::io {

namespace {

constexpr int kMaxRedirects = 3;

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

UpstreamUrl redirect_target(const Exchange& x, const graph::ResponseHead& head) {
  const auto location = head.fields.find("Location");
  const auto url = location ? parse_upstream_url(*location) : std::nullopt;
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "redirect to a host not allowed"};
  return *url;
}

void set_range(const Exchange& x, const ContentAsk& ask, graph::Fields& fields) {
  if (ask.range) fields.set("Range", graph::to_range_field(*ask.range));
  if (!ask.client_range) return;
  for (const std::string_view name : {"Range", "If-Range"})
    if (const auto value = x.head.fields.find(name)) fields.set(name, std::string(*value));
}

// A pre-authenticated URL gets no token and no cookies: only what concerns the bytes.
Upstream::Request plain_request(const Exchange& x, const UpstreamUrl& url, const ContentAsk& ask) {
  Upstream::Request request;
  request.host = url.host;
  request.target = url.target;
  request.fields.add("Accept-Encoding", "identity");
  set_range(x, ask, request.fields);
  return request;
}

Upstream::Request first_request(Exchange& x, const ContentAsk& ask) {
  if (ask.url) return plain_request(x, *ask.url, ask);
  auto request = graph_request(x, graph::Method::kGet, ask.target);
  request.fields.remove("Range");
  request.fields.remove("If-Range");
  if (!ask.conditional) {
    request.fields.remove("If-Match");
    request.fields.remove("If-None-Match");
  }
  set_range(x, ask, request.fields);
  return request;
}

}  // namespace

net::awaitable<Upstream::Response> open_content(Exchange& x, const ContentAsk& ask) {
  auto response = co_await ask_upstream(x, first_request(x, ask));
  bool redirected = false;
  for (int hop = 0; is_redirect(response.head.status); ++hop) {
    if (hop == kMaxRedirects)
      throw Refused{graph::Refusal::kUpstreamMalformed, "", "too many redirects"};
    if (!ask.url && response.head.status == 302) note_proof(x);
    const UpstreamUrl url = redirect_target(x, response.head);
    // A redirect's own body is of no use; a connection with a long one is not worth keeping.
    redirected = true;
    if (co_await response.lease->drain_body(64 * 1024)) response.lease.release();
    auto next = co_await ask_upstream(x, plain_request(x, url, ask));
    response = Upstream::Response{std::move(next.lease), std::move(next.head)};
  }
  const unsigned status = response.head.status;
  if (status == 200 || status == 206) {
    if (!ask.url && !redirected) note_proof(x);
    co_return response;
  }
  if (status == 304 && ask.conditional) co_return response;
  // The range was ours and lies within the file as it was sealed: what is stored now is shorter.
  if (status == 416 && ask.range)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored file is shorter than its record"};
  std::string body = co_await collect(x, response);
  throw Relayed{response.head, std::move(body)};
}

net::awaitable<std::string> content_redirect(Exchange& x) {
  const ContentAsk ask{raw_target(x), std::nullopt, std::nullopt, true, false};
  auto response = co_await ask_upstream(x, first_request(x, ask));
  if (response.head.status == 200)  // left unread: its connection goes with it
    throw Refused{graph::Refusal::kUpstreamMalformed,
                  "Ask for this content in a request of its own, outside a batch.",
                  "content without a redirect"};
  if (response.head.status != 302) {
    std::string body = co_await collect(x, response);
    throw Relayed{response.head, std::move(body)};
  }
  note_proof(x);
  redirect_target(x, response.head);
  std::string location(*response.head.fields.find("Location"));
  if (co_await response.lease->drain_body(64 * 1024)) response.lease.release();
  co_return location;
}

}  // namespace kerros::io
