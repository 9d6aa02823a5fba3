import '../../support/overHttp2';
import '../network.test';
