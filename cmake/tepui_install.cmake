# install, export, and the package that find_package(tepui CONFIG) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(tepui_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tepui)
install(TARGETS tepui EXPORT tepui_core FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT tepui_core NAMESPACE tepui:: DESTINATION ${tepui_package_dir} FILE tepui-core.cmake)
foreach(component IN LISTS tepui_components)
  install(TARGETS tepui_${component} EXPORT tepui_${component})
  install(EXPORT tepui_${component} NAMESPACE tepui:: DESTINATION ${tepui_package_dir} FILE tepui-${component}.cmake)
endforeach()

configure_package_config_file(cmake/tepui-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/tepui-config.cmake
                              INSTALL_DESTINATION ${tepui_package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/tepui-config-version.cmake
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tepui-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/tepui-config-version.cmake
              cmake/tepui_dependencies.cmake
        DESTINATION ${tepui_package_dir})
