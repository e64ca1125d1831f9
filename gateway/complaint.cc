#include "gateway/complaint.h"

namespace kerros {
namespace {

// One sentence is one line: a newline inside would begin the next sentence.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return line;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

tl::unexpected<Error> complain(ErrorCode code, std::string_view what, std::string_view why,
                               std::string_view hint) {
  return fail(code, one_line(what) + "\n" + one_line(why) + "\n" + one_line(hint));
}

Complaint complaint_of(const Error& error) {
  std::string_view rest = error.detail;
  Complaint complaint;
  complaint.what = one_line(take_line(rest));
  complaint.why = one_line(take_line(rest));
  complaint.hint = one_line(rest);
  return complaint;
}

std::string to_text(std::string_view program, const Complaint& complaint) {
  std::string text;
  const auto add = [&](std::string_view word, const std::string& sentence) {
    if (sentence.empty()) return;
    text.append(program).append(": ").append(word).append(": ").append(sentence).append("\n");
  };
  add("error", complaint.what);
  add("why", complaint.why);
  add("hint", complaint.hint);
  return text;
}

}  // namespace kerros
