#include "gateway/graph/chunked.h"

#include <algorithm>
#include <charconv>

namespace kerros::graph {

namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxTrailer = 16384;

Result<std::uint64_t> chunk_size(std::string_view line) {
  const std::string_view digits = line.substr(0, line.find_first_of("; \t"));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || digits.size() > 16 || error != std::errc{} ||
      end != digits.data() + digits.size())
    return fail(ErrorCode::kMalformed, "a chunk size is not a hexadecimal number");
  return size;
}

}  // namespace

Result<ChunkedReader::Step> ChunkedReader::take(ByteView input, std::size_t max_body) {
  if (state_ == State::kDone) return Step{};
  if (state_ != State::kData) return take_line(input);
  const auto body = input.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, std::min(input.size(), max_body))));
  left_ -= body.size();
  if (left_ == 0) state_ = State::kDataEnd;
  return Step{body.size(), body};
}

Result<ChunkedReader::Step> ChunkedReader::take_line(ByteView input) {
  const std::string_view text = as_text(input);
  const std::size_t feed = text.find('\n');
  if (std::min(feed, text.size()) > kMaxLine)
    return fail(ErrorCode::kMalformed, "a line of the chunked coding is too long");
  if (feed == std::string_view::npos) return Step{};
  if (feed == 0 || text[feed - 1] != '\r')
    return fail(ErrorCode::kMalformed, "a line of the chunked coding does not end in CR LF");
  const std::string_view line = text.substr(0, feed - 1);
  if (state_ == State::kDataEnd) {
    if (!line.empty()) return fail(ErrorCode::kMalformed, "a chunk is longer than its size says");
    state_ = State::kSize;
  } else if (state_ == State::kSize) {
    const auto size = chunk_size(line);
    if (!size) return tl::unexpected(size.error());
    left_ = *size;
    state_ = left_ == 0 ? State::kTrailer : State::kData;
  } else {
    trailer_bytes_ += feed + 1;
    if (trailer_bytes_ > kMaxTrailer)
      return fail(ErrorCode::kMalformed, "the trailer section is too long");
    if (line.empty()) state_ = State::kDone;
  }
  return Step{feed + 1, {}};
}

std::string chunk_line(std::size_t size) {
  char digits[2 * sizeof size];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, size, 16);
  return std::string(digits, end) + (size > 0 ? "\r\n" : "\r\n\r\n");
}

}  // namespace kerros::graph
