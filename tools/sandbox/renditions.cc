#include "tools/sandbox/renditions.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "tools/sandbox/query.h"

namespace kerros::sandbox {
namespace {

constexpr std::size_t kSide = 16;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(value >> shift));
  return out;
}

std::string png_chunk(std::string body) {  // its type is its first four bytes
  const auto* data = reinterpret_cast<const Bytef*>(body.data());
  const auto sum = static_cast<std::uint32_t>(::crc32(0, data, static_cast<uInt>(body.size())));
  return big_endian(static_cast<std::uint32_t>(body.size() - 4)) + body + big_endian(sum);
}

std::string deflated(const std::string& plain) {
  uLongf size = ::compressBound(plain.size());
  std::string out(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(out.data()), &size,
             reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  out.resize(size);
  return out;
}

std::string printable(std::string_view bytes, std::string_view escaped) {
  std::string out;
  for (const char c : bytes) {
    if (escaped.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c >= ' ' && c <= '~' ? c : '.');
  }
  return out;
}

}  // namespace

bool has_thumbnail(std::string_view extension) {
  static constexpr std::array<std::string_view, 11> kShown = {
      "bmp", "docx", "gif", "jpeg", "jpg", "mp4", "pdf", "png", "pptx", "txt", "xlsx"};
  return contains(kShown, extension);
}

bool converts(std::string_view extension, std::string_view format) {
  static constexpr std::array<std::string_view, 20> kToPdf = {
      "csv",  "doc",   "docx", "odp",  "ods",  "odt", "pot", "potm", "potx", "pps",
      "ppsx", "ppsxm", "ppt",  "pptm", "pptx", "rtf", "xls", "xlsx", "eml",  "msg"};
  static constexpr std::array<std::string_view, 6> kToHtml = {"eml", "fluid", "loop",
                                                              "md",  "msg",   "wbtx"};
  if (format == "pdf") return contains(kToPdf, extension);
  if (format == "html") return contains(kToHtml, extension);
  return format == "jpg" && has_thumbnail(extension);
}

std::string picture_of(std::string_view bytes) {
  std::string rows;
  for (std::size_t y = 0; y < kSide; ++y) {
    rows.push_back('\0');  // no filter
    for (std::size_t x = 0; x < kSide; ++x) {
      const std::size_t at = y * kSide + x;
      rows.push_back(at < bytes.size() ? bytes[at] : '\0');
    }
  }
  const std::string size = big_endian(kSide);
  return std::string("\x89PNG\r\n\x1a\n", 8) +
         png_chunk("IHDR" + size + size + std::string("\x08\0\0\0\0", 5)) +
         png_chunk("IDAT" + deflated(rows)) + png_chunk("IEND");
}

std::string pdf_of(std::string_view bytes) {
  constexpr std::size_t kShown = 512;
  const std::string text =
      "BT /F1 10 Tf 40 800 Td (" + printable(bytes.substr(0, kShown), "()\\") + ") Tj ET";
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
         "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font"
         "<</F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>>>endobj\n"
         "4 0 obj<</Length " +
         std::to_string(text.size()) + ">>stream\n" + text +
         "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
}

std::string html_of(std::string_view bytes) {
  constexpr std::size_t kShown = 4096;
  std::string text = printable(bytes.substr(0, kShown), "");
  std::replace(text.begin(), text.end(), '<', '.');
  return "<!doctype html><title>Preview</title><pre>" + text + "</pre>";
}

Cells cells_of(std::string_view bytes) {
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  Cells out;
  std::size_t width = 1;
  for (const std::string& line : split(bytes, '\n')) {
    out.push_back(split(line, ','));
    width = std::max(width, out.back().size());
  }
  for (auto& row : out) row.resize(width);
  return out;
}

std::string bytes_of(const Cells& cells) {
  std::string out;
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + row[i];
    out += '\n';
  }
  return out;
}

bool parse_cell(std::string_view address, std::size_t& column, std::size_t& row) {
  constexpr std::size_t kMostRows = 1000;
  if (address.size() < 2 || address[0] < 'A' || address[0] > 'Z') return false;
  column = static_cast<std::size_t>(address[0] - 'A');
  row = 0;
  for (const char c : address.substr(1)) {
    if (c < '0' || c > '9' || row > kMostRows) return false;
    row = row * 10 + static_cast<std::size_t>(c - '0');
  }
  return row-- > 0;
}

}  // namespace kerros::sandbox
