#pragma once
/// Writes a text file whole or not at all.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include <unistd.h>

namespace tepui::study {

/// Writes to PATH.part and renames it, so that a reader sees the old file or the new one.
/// errors  std::runtime_error naming the file and the cause; PATH is then as it was
inline void write_text_file(const std::string& path, std::string_view text) {
  const std::string part = path + ".part";
  const auto fail = [&](int why) {
    static_cast<void>(std::remove(part.c_str()));
    throw std::runtime_error("the file '" + path + "' cannot be written: " + std::strerror(why) +
                             "; check the folder and the disk");
  };
  std::FILE* file = std::fopen(part.c_str(), "wb");
  if (file == nullptr) fail(errno);
  errno = 0;
  bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  good = std::fflush(file) == 0 && good;
  good = good && ::fsync(::fileno(file)) == 0;
  const int why = errno;
  good = std::fclose(file) == 0 && good;
  if (!good) fail(why != 0 ? why : EIO);
  if (std::rename(part.c_str(), path.c_str()) != 0) fail(errno);
}

}  // namespace tepui::study
