#include "tools/probe.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "gateway/proxy/host_name.h"
#include "gateway/tls/error.h"

namespace kerros::tools {
namespace {

constexpr std::size_t kMostAnswer = 64 * 1024;

tl::unexpected<Error> failed(const std::string& what, int reason) {
  const bool late = reason == EAGAIN || reason == EWOULDBLOCK || reason == ETIMEDOUT;
  return fail(ErrorCode::kUnavailable,
              what + ": " + (late ? "no answer in time" : std::generic_category().message(reason)));
}

struct FreeAddresses {
  void operator()(addrinfo* all) const { ::freeaddrinfo(all); }
};

Result<std::unique_ptr<addrinfo, FreeAddresses>> resolve(const std::string& host,
                                                         std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (code != 0) return fail(ErrorCode::kUnavailable, ::gai_strerror(code));
  return std::unique_ptr<addrinfo, FreeAddresses>(found);
}

// 0, or the reason why not.
int connect_within(int fd, const addrinfo& address, std::chrono::milliseconds limit) {
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd wait{fd, POLLOUT, 0};
  if (::poll(&wait, 1, static_cast<int>(limit.count())) != 1) return ETIMEDOUT;
  int reason = 0;
  socklen_t size = sizeof reason;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size);
  return reason;
}

// From here on calls block, each for as long as the limit allows.
void block_within(int fd, std::chrono::milliseconds limit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timeval time{seconds.count(), std::chrono::microseconds(limit - seconds).count()};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

void Probe::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Result<Probe> Probe::connect(const std::string& host, std::uint16_t port,
                             std::chrono::milliseconds limit) {
  const auto addresses = resolve(host, port);
  if (!addresses) return tl::unexpected(addresses.error());
  int reason = EADDRNOTAVAIL;
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    keystore::Fd fd(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    reason = fd ? connect_within(fd.get(), *one, limit) : errno;
    if (reason != 0) continue;
    block_within(fd.get(), limit);
    return Probe(std::move(fd));
  }
  return failed(host + ":" + std::to_string(port), reason);
}

Status Probe::start_tls(std::shared_ptr<tls::Context> context, const std::string& host) {
  ERR_clear_error();
  context_ = std::move(context);
  ssl_.reset(SSL_new(context_->native()));
  SSL* ssl = ssl_.get();
  if (ssl == nullptr || SSL_set_fd(ssl, fd_.get()) != 1 ||
      SSL_set_tlsext_host_name(ssl, host.c_str()) != 1 || SSL_set1_host(ssl, host.c_str()) != 1)
    return fail(ErrorCode::kUnavailable, "TLS cannot be set up: " + tls::take_openssl_reason());
  X509_VERIFY_PARAM_set_flags(SSL_get0_param(ssl), X509_V_FLAG_PARTIAL_CHAIN);
  errno = 0;
  const int done = SSL_connect(ssl);
  if (done == 1) return {};
  const int reason = errno;
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) {
    ERR_clear_error();
    return fail(ErrorCode::kUnavailable, "its certificate is not accepted: " +
                                             std::string(X509_verify_cert_error_string(verdict)));
  }
  if (SSL_get_error(ssl, done) == SSL_ERROR_SSL)
    return fail(ErrorCode::kUnavailable, "it does not speak TLS: " + tls::take_openssl_reason());
  ERR_clear_error();
  return failed("TLS", reason != 0 ? reason : ECONNRESET);
}

Status Probe::write(std::string_view text) {
  while (!text.empty()) {
    errno = 0;
    const auto put = ssl_ ? static_cast<ssize_t>(
                                SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())))
                          : ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (put <= 0) return failed("writing", errno != 0 ? errno : ECONNRESET);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::size_t> Probe::read_some(std::string& into) {
  std::array<char, 8192> buffer;
  errno = 0;
  const auto got = ssl_ ? static_cast<ssize_t>(SSL_read(ssl_.get(), buffer.data(), buffer.size()))
                        : ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 || (got == 0 && errno != 0)) return failed("reading", errno);
  into.append(buffer.data(), static_cast<std::size_t>(got));
  return static_cast<std::size_t>(got);
}

Result<HttpAnswer> Probe::ask(const std::string& method, const std::string& target,
                              const std::string& host) {
  if (auto ok = write(method + " " + target + " HTTP/1.1\r\nHost: " + host +
                      "\r\nUser-Agent: kerros-doctor\r\nConnection: close\r\n\r\n");
      !ok)
    return tl::unexpected(ok.error());
  HttpAnswer answer;
  std::string text;
  while (true) {
    const auto parsed = parse_answer(text, answer);
    if (!parsed) return tl::unexpected(parsed.error());
    if (*parsed == Parsed::kWhole || (*parsed == Parsed::kHead && method == "CONNECT"))
      return answer;
    const auto got = read_some(text);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0 && *parsed == Parsed::kHead && !answer.fields.contains("content-length"))
      return answer;
    if (*got == 0) return fail(ErrorCode::kUnavailable, "the answer was cut");
  }
}

Result<Parsed> parse_answer(std::string_view text, HttpAnswer& answer) {
  const auto end = text.find("\r\n\r\n");
  if (text.size() > kMostAnswer) return fail(ErrorCode::kMalformed, "the answer is too long");
  if (end == std::string_view::npos) return Parsed::kMore;
  auto head = text.substr(0, end);
  const auto first = take_line(head);
  const auto digits = first.substr(first.find(' ') == std::string_view::npos ? first.size() : 9);
  const auto [rest, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), answer.status);
  if (!first.starts_with("HTTP/1.") || error != std::errc() || rest != digits.data() + 3)
    return fail(ErrorCode::kMalformed, "the answer is not HTTP");
  while (!head.empty()) {
    const auto line = take_line(head);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return fail(ErrorCode::kMalformed, "not an HTTP field");
    answer.fields[proxy::lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  answer.body = text.substr(end + 4);
  const auto length = answer.fields.find("content-length");
  if (length == answer.fields.end()) return Parsed::kHead;
  return std::to_string(answer.body.size()) == length->second ? Parsed::kWhole : Parsed::kHead;
}

}  // namespace kerros::tools
