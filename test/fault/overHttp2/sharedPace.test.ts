import '../../support/overHttp2';
import '../sharedPace.test';
